// A cache of each stream's messages: ordered by seq, without gaps or duplicates, without expired ones.
import { ask } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { rememberMember } from "../kit/member_names.js";
import { now } from "../kit/time.js";
import { changedMessage, isAlive, merge } from "./message_lists.js";

const PAGE_SIZE = 50;
const MAX_REFRESHED_PAGES = 4;
const MAX_HIDDEN_PAGES = 10;
const RETRY_DELAY = 2000;
const MAX_TIMEOUT = 2 ** 31 - 1;
const MAX_RESUMED = 200;

/* Of each stream: `messages` oldest first, without those that are hidden from the member; `oldest`, the seq from which
   on they are loaded; `last`, the seq up to which nothing is missing; `start`, whether there is nothing older;
   `entered`, whether its history has been loaded; `followed`, whether its newest message has; `head`, the newest seq
   when it was entered; `question`, that of the day; `restored`, whether the messages are only the copy that this
   browser had kept, which the first ones from the server replace; `past`, what is shown in their place
   (past_messages.js), or null. */
const NOTHING_LOADED = {
  messages: [],
  oldest: Infinity,
  last: 0,
  start: false,
  entered: false,
  followed: false,
  head: 0,
  question: null,
  restored: false,
  past: null,
};
const streams = new Map();
const gapFills = new Map();
let expiryTimer = null;
let watcher = () => {};

/** Calls `listener(name)` after each change of a stream, and now for those that there are. */
export function watchStreams(listener) {
  watcher = listener;
  for (const name of streams.keys()) listener(name);
}

/** The store of a stream. */
export function streamOf(name) {
  if (!streams.has(name)) {
    const store = createStore({ name, ...NOTHING_LOADED });
    store.subscribe(() => watcher(name));
    streams.set(name, store);
  }
  return streams.get(name);
}

/** Whether the history of a stream has been loaded. */
export const isEntered = (name) => streams.get(name)?.get().entered ?? false;

/** Shows messages of which this browser had kept a copy, where the server has not sent any yet. */
export function restoreMessages(name, messages) {
  const { followed, messages: known } = streamOf(name).get();
  if (!followed && !known.length) addMessages(name, messages, { restored: true });
}

/** Forgets a copy: the server has sent messages. */
function endCopy(name) {
  if (streamOf(name).get().restored) streamOf(name).set(NOTHING_LOADED);
}

/** Adds messages. `upTo` is the seq up to which the server has sent everything. */
export function addMessages(name, messages, { upTo = 0, ...patch } = {}) {
  if (!patch.restored) endCopy(name);
  for (const { from, hidden } of messages) if (!hidden) rememberMember(from);
  streamOf(name).set((state) => {
    const last = Math.max(state.last, upTo);
    const oldest = Math.min(state.oldest, messages[0]?.seq ?? Infinity);
    return { ...patch, last, oldest, messages: merge(state.messages, messages.filter(isAlive)) };
  });
  scheduleExpiry();
}

/** What a change of the messages in sight makes of a stream: of the newest ones, and of those in the past. */
const everywhere = (change) => ({ messages, past }) => ({
  messages: change(messages),
  past: past && { ...past, messages: change(past.messages) },
});

/**
 * Adds a live message, or the place of a hidden one; if it is not the next, the gap before it is fetched too. In a
 * stream of which nothing has been loaded, it is where live updates begin.
 */
export function receive(message) {
  endCopy(message.stream);
  const { last, messages, followed } = streamOf(message.stream).get();
  if (!followed) {
    addMessages(message.stream, [message], { upTo: message.seq, followed: true });
    return;
  }
  if (message.hidden) streamOf(message.stream).set(everywhere((list) => list.filter(({ seq }) => seq !== message.seq)));
  const isNext = message.seq === last + 1;
  const known = messages.some(({ seq }) => seq === message.seq);
  // One that was shown may be hidden from now on; the place of one that was not loaded changes nothing.
  if (message.seq <= last && known !== Boolean(message.hidden)) return;
  addMessages(message.stream, [message], { upTo: isNext ? message.seq : 0 });
  if (message.seq > last + 1) fillGap(message.stream);
}

/** Fetches what is missing after `last`; one run per stream at a time. */
function fillGap(name) {
  if (gapFills.has(name)) return;
  gapFills.set(
    name,
    fetchGap(name).finally(() => gapFills.delete(name)),
  );
}

async function fetchGap(name) {
  try {
    for (let more = true; more;) {
      const page = await ask("message:list", { stream: name, afterSeq: streamOf(name).get().last, limit: PAGE_SIZE });
      const reached = page.messages.at(-1)?.seq ?? 0;
      more = page.more;
      addMessages(name, page.messages, { upTo: more ? reached : Math.max(reached, newest(name)) });
    }
  } catch (error) {
    // Without a connection, resuming on the next one fetches the gap.
    const delay = (error.details?.retryAfter ?? 0) * 1000 || RETRY_DELAY;
    if (error.code !== "OFFLINE") setTimeout(() => fillGap(name), delay);
  }
}

const newest = (name) => streamOf(name).get().messages.at(-1)?.seq ?? 0;

/** Applies a `message:changed`. */
export function applyChange({ stream, id, expiredUpTo, ...patch }) {
  const changed = (messages) =>
    expiredUpTo
      ? messages.filter(({ seq }) => seq > expiredUpTo)
      : messages.map((message) => (message.id === id ? changedMessage(message, patch) : message));
  streamOf(stream).set(everywhere(changed));
}

/** Loads the page before the oldest message, and the one before that when all of its messages are hidden. */
export async function loadOlder(name) {
  for (let pages = 0; pages < MAX_HIDDEN_PAGES; pages += 1) {
    const { oldest } = streamOf(name).get();
    if (oldest === Infinity) return;
    const page = await ask("message:list", { stream: name, beforeSeq: oldest, limit: PAGE_SIZE });
    addMessages(name, page.messages, { start: !page.more });
    if (!page.more || page.messages.some(({ hidden }) => !hidden)) return;
  }
}

/** Drops the oldest messages, so that the cache of a busy room stays small; scrolling up loads them again. */
export function trim(name, keep) {
  streamOf(name).set(({ messages, start, oldest }) =>
    messages.length <= keep
      ? { messages, start, oldest }
      : { messages: messages.slice(-keep), start: false, oldest: messages.at(-keep).seq },
  );
}

/** Follows streams: the newest message of each tells where its live updates begin. */
export function followStreams(names) {
  const added = names.filter((name) => !streamOf(name).get().followed);
  return Promise.all(
    added.map(async (name) => {
      const limit = streamOf(name).get().restored ? PAGE_SIZE : 1; // What is shown does not shrink to one message.
      const { messages } = await ask("message:list", { stream: name, limit });
      addMessages(name, messages, { upTo: messages.at(-1)?.seq ?? 0, followed: true });
    }),
  );
}

/** The streams that are followed, or as many as can be resumed: those that were entered, then those with the newest messages. */
function mostRecent() {
  const followed = [...streams.values()].map((store) => store.get()).filter((state) => state.followed && !state.restored);
  const newestOf = ({ messages }) => messages.at(-1)?.createdAt ?? "";
  followed.sort((one, two) => two.entered - one.entered || newestOf(two).localeCompare(newestOf(one)));
  return followed.slice(0, MAX_RESUMED);
}

/** Fetches what the streams have received since the last connection; live updates follow from there. */
export async function resume() {
  const offsets = Object.fromEntries(mostRecent().map(({ name, last }) => [name, last]));
  const { streams: results } = await ask("sync:resume", { offsets });
  await Promise.all(
    results.map(({ stream, messages, more, seq }) => {
      const { entered } = streamOf(stream).get();
      if (more) return restartStream(stream, seq);
      addMessages(stream, messages, { upTo: Math.max(seq, messages.at(-1)?.seq ?? 0) });
      return entered ? refreshStream(stream) : null;
    }),
  );
}

/** Loads the messages of all rooms again that are shown: those of somebody are not hidden any more. */
export const reloadAll = () =>
  Promise.all([...streams].filter(([, store]) => store.get().entered).map(([name]) => refreshStream(name)));

/** Too much was missed to load it all: starts again with the newest page. */
async function restartStream(name, seq) {
  streamOf(name).set({ messages: [], last: seq, oldest: Infinity, start: false, past: null });
  const page = await ask("message:list", { stream: name, limit: PAGE_SIZE });
  addMessages(name, page.messages, { start: !page.more, upTo: page.messages.at(-1)?.seq ?? 0 });
}

/** Loads the cached messages again: they may have been edited, deleted or reacted to while offline. */
async function refreshStream(name) {
  let before;
  let loaded = [];
  const { messages } = streamOf(name).get();
  const oldest = messages[0]?.seq ?? 0;
  let more = true;
  for (let pages = 0; more && pages < MAX_REFRESHED_PAGES && (before ?? Infinity) > oldest; pages += 1) {
    const page = await ask("message:list", { stream: name, limit: PAGE_SIZE, ...(before && { beforeSeq: before }) });
    loaded = [...page.messages, ...loaded];
    before = page.messages[0]?.seq ?? 0;
    more = page.more;
  }
  if (!more) before = 0;
  streamOf(name).set((state) => ({
    start: !more,
    oldest: Infinity,
    messages: state.messages.filter(({ seq }) => seq >= (before ?? 0)),
  }));
  addMessages(name, loaded);
}

function scheduleExpiry() {
  clearTimeout(expiryTimer);
  let next = Infinity;
  for (const store of streams.values()) {
    for (const { expiresAt } of store.get().messages) if (expiresAt) next = Math.min(next, Date.parse(expiresAt));
  }
  if (next < Infinity) expiryTimer = setTimeout(removeExpired, Math.min(MAX_TIMEOUT, Math.max(0, next - now())));
}

function removeExpired() {
  for (const store of streams.values()) {
    const { messages, past } = store.get();
    if (![...messages, ...(past?.messages ?? [])].every(isAlive)) store.set(everywhere((list) => list.filter(isAlive)));
  }
  scheduleExpiry();
}
