// The messages of each stream: ordered by seq, without gap or repeat, gone at the moment they expire.
import { ask } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { learn } from "../kit/member_names.js";
import { now } from "../kit/time.js";

const PAGE = 50;
const REFRESHED_PAGES = 4;
const RETRY = 2000;
const LONGEST_TIMER = 2 ** 31 - 1;

/* Of each stream: `messages` oldest first; `last`, the seq up to which nothing is missing; `start`, whether there is
   nothing older; `entered`, whether its history has been asked for; `followed`, whether its end has. */
const streams = new Map();
const filling = new Map();
let expiry = null;

/** The store of a stream. */
export function streamOf(name) {
  if (!streams.has(name)) {
    streams.set(name, createStore({ name, messages: [], last: 0, start: false, entered: false, followed: false }));
  }
  return streams.get(name);
}

/** Two ordered lists as one: by seq, each message once, the newer version of it. */
function merge(older, newer) {
  const bySeq = new Map(older.map((message) => [message.seq, message]));
  for (const message of newer) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

const alive = (message) => !message.expiresAt || Date.parse(message.expiresAt) > now();

/** Puts messages in their places. `upTo` says up to which seq the server has told everything. */
export function put(name, messages, { upTo = 0, ...patch } = {}) {
  for (const message of messages) learn(message.from);
  streamOf(name).set((state) => {
    const last = Math.max(state.last, upTo);
    return { ...patch, last, messages: merge(state.messages, messages.filter(alive)) };
  });
  watchExpiry();
}

/** A message that has just been told. One that is not the next shows at once, and what lies between is fetched. */
export function arrive(message) {
  const { last, messages } = streamOf(message.stream).get();
  const next = message.seq === last + 1;
  if (message.seq <= last && messages.some(({ seq }) => seq === message.seq)) return;
  put(message.stream, [message], { upTo: next ? message.seq : 0 });
  if (message.seq > last + 1) fill(message.stream);
}

/** Fetches what is missing behind `last`, one run at a time. */
export function fill(name) {
  if (!filling.has(name)) {
    filling.set(
      name,
      fetchAfter(name).finally(() => filling.delete(name)),
    );
  }
  return filling.get(name);
}

async function fetchAfter(name) {
  try {
    for (let more = true; more;) {
      const page = await ask("message:list", { stream: name, afterSeq: streamOf(name).get().last, limit: PAGE });
      const reached = page.messages.at(-1)?.seq ?? 0;
      more = page.more;
      put(name, page.messages, { upTo: more ? reached : Math.max(reached, newest(name)) });
    }
  } catch (error) {
    // Without a connection the greeting of the next one fetches the gap.
    if (error.code !== "OFFLINE") setTimeout(() => fill(name), (error.details?.retryAfter ?? 0) * 1000 || RETRY);
  }
}

const newest = (name) => streamOf(name).get().messages.at(-1)?.seq ?? 0;

/** Applies a `message:changed`. */
export function change({ stream, id, expiredUpTo, ...patch }) {
  streamOf(stream).set(({ messages }) => ({
    messages: expiredUpTo
      ? messages.filter(({ seq }) => seq > expiredUpTo)
      : messages.map((message) => (message.id === id ? changed(message, patch) : message)),
  }));
}

function changed(message, patch) {
  if (patch.deleted) return { ...message, deleted: true, body: "", reactions: [] };
  const told = Object.entries(patch).filter(([, value]) => value !== null && value !== undefined);
  return { ...message, ...Object.fromEntries(told) };
}

/** Loads the page before the oldest message there is. */
export async function loadOlder(name) {
  const { messages } = streamOf(name).get();
  if (!messages.length) return;
  const page = await ask("message:list", { stream: name, beforeSeq: messages[0].seq, limit: PAGE });
  put(name, page.messages, { start: !page.more });
}

/** Forgets the oldest messages, so that a busy room does not grow for ever; scrolling up brings them back. */
export function trim(name, keep) {
  streamOf(name).set(({ messages, start }) => ({
    messages: messages.slice(-keep),
    start: start && messages.length <= keep,
  }));
}

/** Begins to follow streams: the newest message of each is enough to know where its live part begins. */
export function follow(names) {
  const fresh = names.filter((name) => !streamOf(name).get().followed);
  return Promise.all(
    fresh.map(async (name) => {
      const { messages } = await ask("message:list", { stream: name, limit: 1 });
      put(name, messages, { upTo: messages.at(-1)?.seq ?? 0, followed: true });
    }),
  );
}

/** After a new connection: what every stream has had since, and live from there on. */
export async function resume() {
  const offsets = Object.fromEntries([...streams].map(([name, store]) => [name, store.get().last]));
  const { streams: found } = await ask("sync:resume", { offsets });
  await Promise.all(
    found.map(({ stream, messages, more, seq }) => {
      const { entered } = streamOf(stream).get();
      if (more) return restart(stream, seq);
      put(stream, messages, { upTo: Math.max(seq, messages.at(-1)?.seq ?? 0) });
      return entered ? refresh(stream) : null;
    }),
  );
}

/** Too much was missed to show it all: begins again with the newest page. */
async function restart(name, seq) {
  streamOf(name).set({ messages: [], last: seq, start: false });
  const page = await ask("message:list", { stream: name, limit: PAGE });
  put(name, page.messages, { start: !page.more, upTo: page.messages.at(-1)?.seq ?? 0 });
}

/** Reads what is shown again: edits, deletions and reactions of the time without connection. */
async function refresh(name) {
  let before;
  let fresh = [];
  const { messages } = streamOf(name).get();
  const oldest = messages[0]?.seq ?? 0;
  let more = true;
  for (let pages = 0; more && pages < REFRESHED_PAGES && (before ?? Infinity) > oldest; pages += 1) {
    const page = await ask("message:list", { stream: name, limit: PAGE, ...(before && { beforeSeq: before }) });
    fresh = [...page.messages, ...fresh];
    before = page.messages[0]?.seq ?? 0;
    more = page.more;
  }
  if (!more) before = 0;
  streamOf(name).set((state) => ({
    start: !more,
    messages: state.messages.filter(({ seq }) => seq >= (before ?? 0)),
  }));
  put(name, fresh);
}

function watchExpiry() {
  clearTimeout(expiry);
  let next = Infinity;
  for (const store of streams.values()) {
    for (const { expiresAt } of store.get().messages) if (expiresAt) next = Math.min(next, Date.parse(expiresAt));
  }
  if (next < Infinity) expiry = setTimeout(expire, Math.min(LONGEST_TIMER, Math.max(0, next - now())));
}

function expire() {
  for (const store of streams.values()) {
    if (!store.get().messages.every(alive)) store.set(({ messages }) => ({ messages: messages.filter(alive) }));
  }
  watchExpiry();
}
