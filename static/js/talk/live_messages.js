// Live updates of streams: new messages, changes, typing members, and how far the reader has read.
import { askQuietly, connection, isOnline, on, onWake } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { onHello, refreshCounts, session } from "../kit/session.js";
import { onBlocking } from "../kit/profiles.js";
import { roomStream } from "../kit/stream_names.js";
import { addUnread, setUnread } from "../kit/unread.js";
import { applyChange, followStreams, receive, reloadAll, resume, streamOf } from "./message_store.js";
import { dropItem } from "./outbox.js";
import { uncount } from "./unread_messages.js";

const TYPING_SHOWN = 5500;
const TYPING_INTERVAL = 3000;
const READ_DELAY = 700;
const UNBLOCKED_DELAY = 1000;

/** By stream: the ids of other members who are typing. */
export const typing = createStore({});

const typingTimers = new Map();
const readMarks = new Map();
let typingSentAt = 0;

/** Subscribes to the events of streams. */
export function listenToMessages() {
  on("message:new", onMessage);
  on("message:changed", onChanged);
  on("typing:changed", onTyping);
  onBlocking(onBlock);
  onWake(resume);
  onHello(async ({ rooms }) => {
    await followStreams(rooms.map((room) => roomStream(room.label)));
    await resume();
  });
}

function onMessage({ message, cid }) {
  const { last, messages } = streamOf(message.stream).get();
  const isNew = message.seq > last || !messages.some(({ id }) => id === message.id);
  if (cid) dropItem(cid);
  receive(message);
  if (isNew && message.from.id !== session.get().me?.id) addUnread(message.stream);
}

function onChanged(change) {
  if (change.hidden) return onHidden(change);
  if (change.deleted || change.expiredUpTo) uncount(change);
  return applyChange(change);
}

/** A message of somebody who is hidden from the member: a new one, or one that has been shown until now. */
function onHidden({ stream, hidden: seq }) {
  const shown = streamOf(stream)
    .get()
    .messages.some((message) => message.seq === seq);
  receive({ stream, seq, hidden: true });
  if (!shown) return;
  typing.set({ [stream]: [] });
  refreshCounts();
}

/** The server says what is hidden; what is not any more has to be loaded again, once every instance knows. */
function onBlock({ userId, on: blocked }) {
  const others = Object.entries(typing.get()).map(([stream, ids]) => [stream, ids.filter((id) => id !== userId)]);
  typing.set(Object.fromEntries(others));
  refreshCounts();
  if (!blocked) setTimeout(reload, UNBLOCKED_DELAY);
}

const reload = () => reloadAll().catch((error) => console.debug("messages not loaded again", error.code));

function onTyping({ stream, userIds }) {
  const others = userIds.filter((id) => id !== session.get().me?.id);
  typing.set({ [stream]: others });
  clearTimeout(typingTimers.get(stream));
  typingTimers.set(
    stream,
    setTimeout(() => typing.set({ [stream]: [] }), TYPING_SHOWN),
  );
}

/** Tells the stream that the member is typing; at most once in 3 s. */
export function sendTyping(stream) {
  if (Date.now() - typingSentAt < TYPING_INTERVAL || !isOnline(connection.get())) return;
  typingSentAt = Date.now();
  askQuietly("message:typing", { stream });
}

/** Marks everything up to a seq as read; sends the newest mark at most every 0.7 s. */
export function markRead(stream, seq) {
  const mark = readMarks.get(stream) ?? { sent: 0, seen: 0, timer: null };
  readMarks.set(stream, mark);
  mark.seen = Math.max(mark.seen, seq);
  if (mark.timer || mark.seen <= mark.sent) return;
  mark.timer = setTimeout(() => sendRead(stream, mark), READ_DELAY);
}

async function sendRead(stream, mark) {
  const seq = mark.seen;
  const answer = await askQuietly("message:read", { stream, seq });
  mark.timer = null;
  if (!answer) return;
  mark.sent = Math.max(mark.sent, seq);
  setUnread({ [stream]: answer.unread });
  if (mark.seen > mark.sent) markRead(stream, mark.seen);
}
