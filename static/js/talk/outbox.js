// Unsent messages: kept in this browser by member and stream, sent in their order, each stored exactly once.
import { connection, ask, LiveError } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { keysOf, read, write } from "../kit/local_storage.js";
import { newCid } from "../kit/cid.js";
import { arrive } from "./message_store.js";
import { setBalance } from "../kit/session.js";
import { lengthOf } from "../kit/text.js";

const ANSWER = 15_000;
const LONGEST_WAIT = 47 * 3_600_000; // The server knows a client id for 48 h.
const WAITING_CODES = new Set(["OFFLINE", "TIMEOUT", "RATE_LIMITED", "UNAVAILABLE", "INTERNAL"]);
const MOST_TRIES = 8;

/* An item: `{cid, stream, body, replyTo, at, tries, state: waiting | sending | refused, error}`. */
export const outbox = createStore({ items: [] });
const running = new Set();
const sent = new Set();
let owner = "";

const keyOf = (stream) => `konektor.outbox.${owner}.${stream}`;
const ofStream = (stream) => outbox.get().items.filter((item) => item.stream === stream);

/** Takes up what the member left unsent, in this tab or another, and sends whenever there is a connection. */
export function openOutbox(member) {
  if (owner === member) return;
  owner = member;
  for (const key of keysOf(keyOf(""))) reload(key.slice(keyOf("").length));
  addEventListener("storage", ({ key }) => key?.startsWith(keyOf("")) && reload(key.slice(keyOf("").length)));
  connection.listen(flush);
  document.addEventListener("visibilitychange", flush); // Another tab may have been closed on its unsent words.
  flush();
}

function reload(stream) {
  const items = parse(read(keyOf(stream))).map((item) => {
    const mine = ofStream(stream).find(({ cid }) => cid === item.cid);
    return mine ?? { ...item, state: item.state === "refused" ? "refused" : "waiting" };
  });
  outbox.set((state) => ({ items: [...state.items.filter((item) => item.stream !== stream), ...items] }));
}

function parse(text) {
  try {
    return JSON.parse(text) ?? [];
  } catch {
    return []; // Not ours, or cut off: there is nothing to send in it.
  }
}

const save = (stream) => write(keyOf(stream), ofStream(stream).length ? JSON.stringify(ofStream(stream)) : "");

/** Puts a message into the outbox; it goes as soon as it can. */
export function post(stream, body, replyTo) {
  const item = { cid: newCid(), stream, body, replyTo, at: Date.now(), tries: 0, state: "waiting", error: null };
  outbox.set(({ items }) => ({ items: [...items, item] }));
  save(stream);
  flush();
}

/** Takes an item out: it has been stored, or its writer has thought better of it. */
export function drop(cid) {
  const item = outbox.get().items.find((each) => each.cid === cid);
  if (!item) return;
  outbox.set(({ items }) => ({ items: items.filter((each) => each.cid !== cid) }));
  save(item.stream);
}

/** Sends a refused item again, under the same client id. */
export function retry(cid) {
  update(cid, { state: "waiting", tries: 0, error: null });
  flush();
}

/** Whether a client id was sent from this tab. */
export const sentHere = (cid) => sent.has(cid);

/** Tokens that the waiting messages of the outbox are going to cost. */
export const reserved = () =>
  outbox.get().items.reduce((sum, item) => sum + (item.state === "refused" ? 0 : lengthOf(item.body)), 0);

/** Whether an item has certainly not been sent, so that taking it back is true. */
export const unsent = (item) => item.state === "refused" || (item.state === "waiting" && item.tries === 0);

function update(cid, patch) {
  outbox.set(({ items }) => ({ items: items.map((item) => (item.cid === cid ? { ...item, ...patch } : item)) }));
  const item = outbox.get().items.find((each) => each.cid === cid);
  if (item) save(item.stream);
}

function flush() {
  if (connection.get().state !== "online") return;
  for (const stream of new Set(outbox.get().items.map((item) => item.stream))) run(stream);
}

/** Sends a stream's items one behind the other, so that they keep their order. */
async function run(stream) {
  if (running.has(stream)) return;
  running.add(stream);
  try {
    for (let item = next(stream); item; item = next(stream)) await sendOne(item);
  } finally {
    running.delete(stream);
  }
}

const next = (stream) =>
  connection.get().state === "online" ? ofStream(stream).find((item) => item.state === "waiting") : undefined;

async function sendOne(item) {
  if (Date.now() - item.at > LONGEST_WAIT) {
    update(item.cid, { state: "refused", error: "It waited for two days. Send it again if it still holds." });
    return;
  }
  sent.add(item.cid);
  update(item.cid, { state: "sending", tries: item.tries + 1 });
  try {
    const { cid, stream, body, replyTo } = item;
    const sent = await ask("message:send", { stream, body, cid, ...(replyTo && { replyTo }) }, ANSWER);
    drop(cid);
    arrive(sent.message);
    setBalance(sent.balance);
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    await put(item, error);
  }
}

/** Puts an item back to wait, or aside when the server will not have it. */
async function put(item, error) {
  if (!WAITING_CODES.has(error.code) || (error.code === "INTERNAL" && item.tries >= MOST_TRIES)) {
    update(item.cid, { state: "refused", error: error.message });
    return;
  }
  update(item.cid, { state: "waiting" });
  if (error.code === "OFFLINE") return;
  const pause = error.details.retryAfter ? error.details.retryAfter * 1000 : 400 * 2 ** Math.min(item.tries, 5);
  await new Promise((resolve) => setTimeout(resolve, pause));
}

/** Forgets everything kept for the member, when they log out. */
export function clearKept() {
  for (const key of [...keysOf(`konektor.outbox.${owner}.`), ...keysOf(`konektor.draft.${owner}.`)]) write(key, "");
  write("konektor.hue", "");
}
