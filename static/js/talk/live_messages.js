// What happens in streams while one looks on: new messages, changes, who is writing, how far one has read.
import { ask, connection, hear } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { arrive, change, streamOf } from "./message_store.js";
import { drop, sentHere } from "./outbox.js";
import { patchRoom, session, setBalance } from "../kit/session.js";

const WRITING_SHOWN = 5500;
const SIGN_EVERY = 3000;
const READ_EVERY = 700;

/** By stream: the ids of those who are writing. */
export const writers = createStore({});

const marks = new Map();
const timers = new Map();
let balanceTimer = null;

/** Begins to listen. */
export function listen() {
  hear("message:new", heard);
  hear("message:changed", change);
  hear("typing:changed", writing);
}

function heard({ message, cid }) {
  const { last, messages } = streamOf(message.stream).get();
  const fresh = message.seq > last || !messages.some(({ id }) => id === message.id);
  if (cid) drop(cid);
  arrive(message);
  if (message.from.id === session.get().me?.id) {
    if (!sentHere(cid)) refreshBalance();
  } else if (fresh) {
    patchRoom(message.stream.slice(2), ({ unread }) => ({ unread: unread + 1 }));
  }
}

/** One's own message may come from another tab, whose answer carried the balance. */
function refreshBalance() {
  clearTimeout(balanceTimer);
  balanceTimer = setTimeout(async () => {
    try {
      setBalance((await ask("wallet:get", { limit: 1 })).balance);
    } catch (error) {
      console.debug("the balance stays as it was", error.code);
    }
  }, 600);
}

function writing({ stream, userIds }) {
  const others = userIds.filter((id) => id !== session.get().me?.id);
  writers.set({ [stream]: others });
  clearTimeout(timers.get(stream));
  timers.set(
    stream,
    setTimeout(() => writers.set({ [stream]: [] }), WRITING_SHOWN),
  );
}

let signed = 0;

/** Says that one is writing; at most once in 3 s. */
export function signWriting(stream) {
  if (Date.now() - signed < SIGN_EVERY || connection.get().state !== "online") return;
  signed = Date.now();
  quietly("message:typing", { stream });
}

async function quietly(event, payload) {
  try {
    return await ask(event, payload);
  } catch (error) {
    console.debug(event, error.code); // A courtesy that did not get through; the next one will.
    return null;
  }
}

/** Notes that everything up to a seq has been seen; told at most every 0.7 s. */
export function markRead(stream, seq) {
  const mark = marks.get(stream) ?? { told: 0, seen: 0, timer: null };
  marks.set(stream, mark);
  mark.seen = Math.max(mark.seen, seq);
  if (mark.timer || mark.seen <= mark.told) return;
  mark.timer = setTimeout(() => tellRead(stream, mark), READ_EVERY);
}

async function tellRead(stream, mark) {
  const seq = mark.seen;
  const answer = await quietly("message:read", { stream, seq });
  mark.timer = null;
  if (!answer) return;
  mark.told = Math.max(mark.told, seq);
  patchRoom(stream.slice(2), { unread: answer.unread });
  if (mark.seen > mark.told) markRead(stream, mark.seen);
}
