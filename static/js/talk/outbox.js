// The outbox: messages that are not stored yet, kept in this browser, sent in order, each stored exactly once.
import { RequestError, ask, connection, isOnline, newCid } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { keysOf, read, write } from "../kit/local_storage.js";
import { forgetMember, memberKey, owner } from "../kit/owner.js";
import { setBalance } from "../kit/session.js";
import { lengthOf } from "../kit/text.js";
import { moment } from "../kit/time.js";
import { isPrivate } from "../kit/stream_names.js";
import { receive } from "./message_store.js";
import { forgetPicture, keepPicture, pictureOf, sendPicture } from "./outbox_pictures.js";

const ACK_TIMEOUT = 15_000;
const MAX_AGE = 47 * 3_600_000; // The server recognises a client id for 48 h.
const RETRIED_CODES = new Set(["OFFLINE", "TIMEOUT", "RATE_LIMITED", "UNAVAILABLE", "INTERNAL"]);
const MAX_TRIES = 8; // After an INTERNAL error; the other codes are retried without end.
const FIRST_DELAY = 400;
const MAX_DOUBLINGS = 5;

const PICTURE_GONE = "Its picture was on a page that has been closed. Choose it again.";

/*
 * An item: `{cid, member, stream, body, replyTo, picture, mediaId, at, tries, state: waiting | sending | refused, error}`;
 * `picture` says whether it has one, whose file the page keeps where it was chosen, and `mediaId` that it is uploaded.
 */
export const outbox = createStore({ items: [] });
const sendingStreams = new Set();

const keyOf = (stream) => memberKey("outbox", stream);
const itemsOf = (stream) => outbox.get().items.filter((item) => item.stream === stream);
const itemOf = (cid) => outbox.get().items.find((item) => item.cid === cid);

/** Loads what the member left unsent, in this tab or another, and sends whenever there is a connection. */
export function openOutbox() {
  const prefix = keyOf("");
  for (const key of keysOf(prefix)) load(key.slice(prefix.length), true);
  addEventListener("storage", ({ key }) => key?.startsWith(prefix) && load(key.slice(prefix.length)));
  connection.subscribe(flush);
  document.addEventListener("visibilitychange", flush); // Another tab may have been closed with unsent messages.
  flush();
}

/** Takes over what is stored for a stream; at the start no page has the file of a picture that is not uploaded. */
function load(stream, atStart = false) {
  const kept = parse(read(keyOf(stream))).filter(({ member = owner }) => member === owner);
  const items = kept.map((item) => {
    const known = itemsOf(stream).find(({ cid }) => cid === item.cid);
    if (known) return known;
    if (atStart && lacksPicture(item)) return { ...item, state: "refused", error: PICTURE_GONE };
    return { ...item, state: item.state === "refused" ? "refused" : "waiting" };
  });
  outbox.set((state) => ({ items: [...state.items.filter((item) => item.stream !== stream), ...items] }));
}

function parse(text) {
  try {
    return JSON.parse(text) ?? [];
  } catch {
    return []; // Not written by us, or truncated.
  }
}

const save = (stream) => write(keyOf(stream), itemsOf(stream).length ? JSON.stringify(itemsOf(stream)) : "");

/** Whether an item waits for a picture whose file is on another page, or nowhere. */
export const lacksPicture = ({ cid, picture, mediaId }) => Boolean(picture) && !mediaId && !pictureOf(cid);

/** Adds a message, which is sent as soon as possible; `picture` is `{file, url}`. */
export function post(stream, body, { replyTo, picture } = {}) {
  const cid = newCid();
  const fresh = { at: Date.now(), tries: 0, state: "waiting", error: null };
  const item = { cid, member: owner, stream, body, replyTo, picture: Boolean(picture), ...fresh };
  if (picture) keepPicture(cid, picture);
  outbox.set(({ items }) => ({ items: [...items, item] }));
  save(stream);
  flush();
}

/** Removes an item: it has been stored, or its author has discarded it. */
export function dropItem(cid) {
  const item = itemOf(cid);
  if (!item) return;
  forgetPicture(cid);
  outbox.set(({ items }) => ({ items: items.filter((each) => each.cid !== cid) }));
  save(item.stream);
}

/** Sends a refused item again, with the same client id; its picture too, because an upload that is not used is deleted. */
export function retryItem(cid) {
  update(cid, { state: "waiting", tries: 0, error: null, ...(pictureOf(cid) && { mediaId: undefined }) });
  flush();
}

/** The tokens that the waiting messages are going to cost. */
export const reservedTokens = () =>
  outbox
    .get()
    .items.filter(({ state, stream }) => state !== "refused" && !isPrivate(stream))
    .reduce((sum, { body }) => sum + lengthOf(body), 0);

/** Whether an item has certainly not been stored, so that it can still be taken back. */
export const isUnsent = ({ state, tries, picture, mediaId }) =>
  state === "refused" || (state === "waiting" && tries === 0) || Boolean(picture && !mediaId);

function update(cid, patch) {
  outbox.set(({ items }) => ({ items: items.map((item) => (item.cid === cid ? { ...item, ...patch } : item)) }));
  const item = itemOf(cid);
  if (item) save(item.stream);
}

function flush() {
  if (!isOnline(connection.get())) return;
  for (const stream of new Set(outbox.get().items.map((item) => item.stream))) sendAll(stream);
}

/** Sends the items of a stream one after another, so that they keep their order. */
async function sendAll(stream) {
  if (sendingStreams.has(stream)) return;
  sendingStreams.add(stream);
  try {
    for (let item = nextItem(stream); item; item = nextItem(stream)) await send(item);
  } finally {
    sendingStreams.delete(stream);
  }
}

const nextItem = (stream) =>
  isOnline(connection.get())
    ? itemsOf(stream).find((item) => item.state === "waiting" && !lacksPicture(item))
    : undefined;

async function send(item) {
  const { cid, stream, body, replyTo } = item;
  if (Date.now() - item.at > MAX_AGE) {
    update(cid, { state: "refused", error: "It waited for two days. Send it again if you still want to." });
    return;
  }
  update(cid, { state: "sending", tries: item.tries + 1 });
  try {
    const mediaId = item.picture ? await uploaded(item) : null;
    const options = { ...(replyTo && { replyTo }), ...(mediaId && { mediaId }) };
    const sent = await ask("message:send", { stream, body, cid, ...options }, ACK_TIMEOUT);
    dropItem(cid);
    receive(sent.message);
    setBalance(sent.balance);
  } catch (error) {
    if (!itemOf(cid)) return; // It was discarded meanwhile.
    if (!(error instanceof RequestError)) throw error;
    await onFailure(item, error);
  }
}

/** The id of the picture of an item, which is uploaded unless it was before. */
async function uploaded({ cid, mediaId }) {
  if (mediaId) return mediaId;
  const sent = await sendPicture(cid);
  update(cid, { mediaId: sent });
  return sent;
}

/** What is said of a refusal; with the time at which a limit ends. */
const reasonOf = ({ message, details }) =>
  details.resetsAt ? `${message} You can send this from ${moment(details.resetsAt)} on.` : message;

/** Lets an item wait for its next try, or marks it as refused when another try cannot succeed. */
async function onFailure(item, error) {
  if (!RETRIED_CODES.has(error.code) || (error.code === "INTERNAL" && item.tries >= MAX_TRIES)) {
    update(item.cid, { state: "refused", error: reasonOf(error) });
    return;
  }
  update(item.cid, { state: "waiting" });
  if (error.code === "OFFLINE" && !isOnline(connection.get())) return;
  const backoff = FIRST_DELAY * 2 ** Math.min(item.tries, MAX_DOUBLINGS);
  const { retryAfter } = error.details;
  await new Promise((resolve) => setTimeout(resolve, retryAfter ? retryAfter * 1000 : backoff));
}

/** Deletes everything that is kept for the member, in memory too, when they log out. */
export function clearStoredData() {
  for (const { cid } of outbox.get().items) forgetPicture(cid);
  outbox.set({ items: [] });
  forgetMember();
}
