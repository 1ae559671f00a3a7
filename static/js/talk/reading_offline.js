// Reading offline: what the member has seen in the last 24 hours is kept in this browser, and shown without a connection.
import { ask, connection, on } from "../kit/socket.js";
import { onGreeting, restoreSession, session } from "../kit/session.js";
import { onBlocking } from "../kit/profiles.js";
import { unread } from "../kit/unread.js";
import { clockOffset, now, restoreClock } from "../kit/time.js";
import * as copy from "../kit/local_copy.js";
import { isEntered, restoreMessages, streamOf, watchStreams } from "./message_store.js";

const LIFE = 24 * 3_600_000;
const MOST_IN_STREAM = 200;
const SAVE_DELAY = 500;
const CHECK_AFTER = 15_000;
const CHECK_PAUSE = 1000;
const MOST_CHECKED = 20;
const PAGE_SIZE = 50;
const REFUSALS = new Set(["FORBIDDEN", "NOT_FOUND", "GONE", "BAD_REQUEST"]);

const changed = new Set();
let sessionChanged = false;
let greeted = false;
let saving = null;

const isKept = ({ deleted, hidden, createdAt, expiresAt }) =>
  !deleted &&
  !hidden &&
  Date.parse(createdAt) > now() - LIFE &&
  !(expiresAt && Date.parse(expiresAt) <= now());

function saveSoon() {
  if (greeted) saving ??= setTimeout(save, SAVE_DELAY);
}

/** Writes what has changed since the last time; what was only restored is there already. */
function save() {
  clearTimeout(saving);
  saving = null;
  if (!greeted) return;
  for (const stream of changed) {
    const { messages, restored, oldest } = streamOf(stream).get();
    const kept = messages.filter(isKept).slice(-MOST_IN_STREAM);
    // What was read on an earlier visit, before the oldest message that this page has loaded, stays.
    if (!restored && oldest < Infinity) copy.keepMessages(stream, kept, oldest);
  }
  changed.clear();
  if (sessionChanged) copy.keepFact("session", snapshot());
  sessionChanged = false;
}

function snapshot() {
  const { me, rooms, more, balance, usage, limits } = session.get();
  const { counts } = unread.get();
  return { me, rooms, more, balance, usage, limits, counts, clock: { offset: clockOffset(), at: Date.now() } };
}

/** Shows what is kept, while the server has not described anything. */
async function restore() {
  if (greeted) return;
  const kept = await copy.keptFact("session");
  if (!kept) return;
  const { clock, ...described } = kept;
  if (greeted) return;
  restoreClock({ ...clock, at: clock.at + clock.offset });
  const rows = await copy.keptMessages(now() - LIFE);
  if (greeted) return;
  restoreSession(described);
  for (const [stream, messages] of byStream(rows)) restoreMessages(stream, messages.filter(isKept));
}

function byStream(rows) {
  const streams = new Map();
  for (const { stream, message } of rows) streams.set(stream, [...(streams.get(stream) ?? []), message]);
  return streams;
}

/** Drops from the copy what a stream has lost, or what has changed there that this page has not loaded. */
function onChanged({ stream, id, deleted, expiredUpTo, hidden }) {
  const isShown = streamOf(stream).get().messages.some((message) => message.id === id);
  if (id && isShown && !deleted) return;
  copy.dropMessages(
    (row) => row.stream === stream && (row.message.id === id || row.seq === hidden || row.seq <= (expiredUpTo ?? 0)),
  );
}

function onBlock({ userId, on: blocked }) {
  copy.forgetFacts("list ");
  if (blocked) copy.dropMessages(({ message }) => message.from.id === userId);
}

/** Asks for the streams of the copy that the page has not entered: what was deleted meanwhile is not to be read. */
async function check() {
  const kept = [...byStream(await copy.keptMessages(now() - LIFE)).keys()].filter((stream) => !isEntered(stream));
  for (const stream of kept.slice(0, MOST_CHECKED)) {
    try {
      const { messages } = await ask("message:list", { stream, limit: PAGE_SIZE });
      if (!isEntered(stream)) await copy.keepMessages(stream, messages.filter(isKept));
    } catch (error) {
      if (REFUSALS.has(error.code)) await copy.keepMessages(stream, []);
      else return; // The next connection checks them.
    }
    await new Promise((resolve) => setTimeout(resolve, CHECK_PAUSE));
  }
}

/** Keeps the copy up to date, and shows it when there is no connection to begin with. */
export function readOffline() {
  const onSession = () => {
    sessionChanged = true;
    saveSoon();
  };
  const onStream = (name) => {
    changed.add(name);
    saveSoon();
  };
  watchStreams(onStream);
  session.subscribe(onSession);
  unread.subscribe(onSession);
  on("message:changed", onChanged);
  onBlocking(onBlock);
  onGreeting(() => {
    greeted = true;
    copy.beginCopy();
    onSession();
    setTimeout(check, CHECK_AFTER);
  });
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  connection.subscribe(() => connection.get().state === "offline" && restore());
  restore();
}
