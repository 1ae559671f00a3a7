// A cache of each stream's messages: ordered by seq, without gaps or duplicates, without expired ones.
import { ask } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { rememberMember } from "../kit/member_names.js";
import { now } from "../kit/time.js";

const PAGE_SIZE = 50;
const MAX_REFRESHED_PAGES = 4;
const MAX_HIDDEN_PAGES = 10;
const RETRY_DELAY = 2000;
const MAX_TIMEOUT = 2 ** 31 - 1;

/* Of each stream: `messages` oldest first, without those that are hidden from the member; `oldest`, the seq from which
   on they are loaded; `last`, the seq up to which nothing is missing; `start`, whether there is nothing older;
   `entered`, whether its history has been loaded; `followed`, whether its newest message has; `head`, the newest seq
   when it was entered; `question`, that of the day. */
const NOTHING_LOADED = {
  messages: [],
  oldest: Infinity,
  last: 0,
  start: false,
  entered: false,
  followed: false,
  head: 0,
  question: null,
};
const streams = new Map();
const gapFills = new Map();
let expiryTimer = null;

/** The store of a stream. */
export function streamOf(name) {
  if (!streams.has(name)) {
    streams.set(name, createStore({ name, ...NOTHING_LOADED }));
  }
  return streams.get(name);
}

/** Merges two lists by seq; of a message in both, the second version is kept, and nothing when that is hidden. */
function merge(older, newer) {
  const bySeq = new Map(older.map((message) => [message.seq, message]));
  for (const message of newer) bySeq.set(message.seq, message);
  return [...bySeq.values()].filter(({ hidden }) => !hidden).sort((a, b) => a.seq - b.seq);
}

const isAlive = (message) => !message.expiresAt || Date.parse(message.expiresAt) > now();

/** Adds messages. `upTo` is the seq up to which the server has sent everything. */
export function addMessages(name, messages, { upTo = 0, ...patch } = {}) {
  for (const { from, hidden } of messages) if (!hidden) rememberMember(from);
  streamOf(name).set((state) => {
    const last = Math.max(state.last, upTo);
    const oldest = Math.min(state.oldest, messages[0]?.seq ?? Infinity);
    return { ...patch, last, oldest, messages: merge(state.messages, messages.filter(isAlive)) };
  });
  scheduleExpiry();
}

/** Adds a live message, or the place of a hidden one; if it is not the next, the gap before it is fetched too. */
export function receive(message) {
  const { last, messages } = streamOf(message.stream).get();
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
  streamOf(stream).set(({ messages }) => ({
    messages: expiredUpTo
      ? messages.filter(({ seq }) => seq > expiredUpTo)
      : messages.map((message) => (message.id === id ? changedMessage(message, patch) : message)),
  }));
}

function changedMessage(message, patch) {
  if (patch.deleted) return { ...message, deleted: true, body: "", media: undefined, reactions: [] };
  const given = Object.entries(patch).filter(([, value]) => value !== null && value !== undefined);
  return { ...message, ...Object.fromEntries(given) };
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
      const { messages } = await ask("message:list", { stream: name, limit: 1 });
      addMessages(name, messages, { upTo: messages.at(-1)?.seq ?? 0, followed: true });
    }),
  );
}

/** Fetches what the streams have received since the last connection; live updates follow from there. */
export async function resume() {
  const offsets = Object.fromEntries([...streams].map(([name, store]) => [name, store.get().last]));
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
  streamOf(name).set({ messages: [], last: seq, oldest: Infinity, start: false });
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
    if (!store.get().messages.every(isAlive)) store.set(({ messages }) => ({ messages: messages.filter(isAlive) }));
  }
  scheduleExpiry();
}
