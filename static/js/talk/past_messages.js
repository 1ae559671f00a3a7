// A part of a stream's past, shown in place of its newest messages, however far back: both ends load page by page.
import { ask } from "../kit/socket.js";
import { rememberMember } from "../kit/member_names.js";
import { merge } from "./message_lists.js";
import { streamOf } from "./message_store.js";

const PAGE_SIZE = 50;
const MOST = 400;
const KEPT = 300;
const MAX_HIDDEN_PAGES = 10;

/*
 * `past` of a stream's state: `{messages, oldest, newest, start}`, what is shown, without hidden ones; from which seq to
 * which nothing is missing; and whether there is nothing older. Never more than MOST messages: what is loaded at one
 * end is dropped at the other.
 */

/** What a stream shows: a part of its past, or its newest messages. */
export const shownOf = (state) => state.past ?? state;

const page = async (name, where) => {
  const answer = await ask("message:list", { stream: name, limit: PAGE_SIZE, ...where });
  for (const { from, hidden } of answer.messages) if (!hidden) rememberMember(from);
  return answer;
};

/** Shows the messages around a seq, unless they are there already. */
export async function showAround(name, seq) {
  const shown = shownOf(streamOf(name).get());
  if (seq >= shown.oldest && seq <= (shown.newest ?? Infinity)) return;
  const [before, after] = await Promise.all([page(name, { beforeSeq: seq }), page(name, { afterSeq: seq - 1 })]);
  const messages = merge(before.messages, after.messages);
  const [oldest, newest] = [before.messages[0]?.seq ?? seq, after.messages.at(-1)?.seq ?? seq];
  join(name, { messages, oldest, newest, start: !before.more });
}

/** Shows a part of the past; when it reaches the newest messages, the two are one from then on. */
function join(name, past) {
  streamOf(name).set(({ messages, oldest }) => {
    if (past.newest < oldest - 1) return { past };
    return { past: null, oldest: past.oldest, start: past.start, messages: merge(past.messages, messages) };
  });
}

/** Loads the page before the oldest shown message of the past. */
export async function loadOlderPast(name) {
  for (let pages = 0; pages < MAX_HIDDEN_PAGES; pages += 1) {
    const { oldest } = streamOf(name).get().past;
    const { messages, more } = await page(name, { beforeSeq: oldest });
    streamOf(name).set(({ past }) => {
      if (past?.oldest !== oldest) return {};
      const all = merge(messages, past.messages);
      const kept = all.length > MOST ? all.slice(0, KEPT) : all;
      const newest = kept.length < all.length ? kept.at(-1).seq : past.newest;
      return { past: { messages: kept, oldest: messages[0]?.seq ?? oldest, newest, start: !more } };
    });
    if (!more || messages.some(({ hidden }) => !hidden)) return;
  }
}

/** Loads the page behind the newest shown message of the past. */
export async function loadNewerPast(name) {
  for (let pages = 0; pages < MAX_HIDDEN_PAGES; pages += 1) {
    const { past } = streamOf(name).get();
    if (!past) return;
    const { messages } = await page(name, { afterSeq: past.newest });
    const { past: now } = streamOf(name).get();
    if (now?.newest !== past.newest) return;
    const all = merge(now.messages, messages);
    const kept = all.length > MOST ? all.slice(-KEPT) : all;
    const isCut = kept.length < all.length;
    join(name, {
      messages: kept,
      oldest: isCut ? kept[0].seq : now.oldest,
      newest: messages.at(-1)?.seq ?? Infinity,
      start: now.start && !isCut,
    });
    if (messages.some(({ hidden }) => !hidden)) return;
  }
}

/** After a page was loaded: a reader who is far back sees a part of the past, and the newest messages are few again. */
export function keepSmall(name) {
  streamOf(name).set(({ messages, oldest, start, past }) => {
    if (past || messages.length <= MOST) return {};
    const shown = messages.slice(0, KEPT);
    const newest = messages.slice(-PAGE_SIZE);
    return {
      past: { messages: shown, oldest, newest: shown.at(-1).seq, start },
      messages: newest,
      oldest: newest[0].seq,
      start: false,
    };
  });
}

/** Shows the newest messages again. */
export const leavePast = (name) => streamOf(name).set({ past: null });

/** Loads the shown past again: its messages may have been edited, deleted or reacted to while offline. */
export async function refreshPast(name) {
  const { past } = streamOf(name).get();
  if (!past) return;
  const { oldest, newest } = past;
  let loaded = [];
  for (let at = oldest - 1; at < newest;) {
    const { messages, more } = await page(name, { afterSeq: at });
    loaded = [...loaded, ...messages.filter(({ seq }) => seq <= newest)];
    at = more && messages.length ? messages.at(-1).seq : newest;
  }
  streamOf(name).set(({ past: now }) => (now?.oldest === oldest && now.newest === newest ? { past: { ...now, messages: merge([], loaded) } } : {}));
}
