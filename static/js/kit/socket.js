// The Socket.IO connection: sending events, listening to events, and reconnecting.
import { io } from "../../vendor/socket.io.esm.min.js";
import { createStore } from "./store.js";
import { watchForWaking } from "./waking.js";
import { transports, withFallback } from "./transport.js";

const ACK_TIMEOUT = 10_000;
const FIRST_DELAY = 1000;
const MAX_DELAY = 15_000;
const MAX_ATTEMPTS = 3;
const WAKE_PATIENCE = 3000;

/** Refusals after which there is no session any more, with the reason that the login page shows. */
const END_REASONS = { UNAUTHENTICATED: "unauthenticated", SESSION_EXPIRED: "expired", FROZEN: "frozen" };

/** `state`: connecting, online (greeted and up to date), offline or ended (then with `reason`). */
export const connection = createStore({ state: "connecting" });

/** Selects whether the connection is usable, for `useStore(connection, isOnline)`. */
export const isOnline = ({ state }) => state === "online";

/**
 * A failed request: the server's `code` and `message` with its `details`, or our own TIMEOUT and OFFLINE, which has the
 * detail `sent` when the connection was lost before the ack arrived.
 */
export class RequestError extends Error {
  constructor({ code, message, ...details }) {
    super(message);
    Object.assign(this, { code, details });
  }
}

const OFFLINE = { code: "OFFLINE", message: "You’re offline. Try again when you’re back online." };
const TIMEOUT = { code: "TIMEOUT", message: "Konektor didn’t answer in time. Try again in a moment." };

const socket = io({
  autoConnect: false,
  transports: transports(),
  tryAllTransports: true,
  reconnectionDelay: 400,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  auth: { tz: Intl.DateTimeFormat().resolvedOptions().timeZone, lang: navigator.language },
});

const attempt = withFallback(socket);

/** Calls the listener for each event of that name. */
export const on = (event, listener) => socket.on(event, listener);

/** Like `on`, until the function that it returns is called. */
export function listen(event, listener) {
  socket.on(event, listener);
  return () => socket.off(event, listener);
}

/* The id of the connection that belongs to the member of this page: it says so when it is greeted. */
let ownConnection = null;

/** Sends an event and resolves with the data of its ack. Rejects with a RequestError; nothing is queued. */
export function ask(event, payload, timeout = ACK_TIMEOUT) {
  const isOwn = socket.connected && socket.id === ownConnection;
  return isOwn ? send(event, payload, timeout) : Promise.reject(new RequestError(OFFLINE));
}

function send(event, payload, timeout) {
  return new Promise((resolve, reject) => {
    const args = payload === undefined ? [] : [payload];
    socket.timeout(timeout).emit(event, ...args, (failed, ack) => {
      if (failed) reject(new RequestError(socket.connected ? TIMEOUT : { ...OFFLINE, sent: true }));
      else if (ack.ok) resolve(ack.data);
      else reject(new RequestError(ack.error));
    });
  });
}

/** The answer to an event whose failure needs no reaction, because it is sent again later; null then. */
export async function askQuietly(event, payload) {
  try {
    return await ask(event, payload);
  } catch (error) {
    console.debug(event, error.code);
    return null;
  }
}

/** A new client id of 32 hex digits: the server runs a repeated event with the same one only once. */
export function newCid() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends an event that must not run twice; retries with the same client id when the ack is lost. */
export async function askOnce(event, payload) {
  const cid = newCid();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask(event, { ...payload, cid });
    } catch (error) {
      const ackLost = error.code === "TIMEOUT" || error.details?.sent || (error.code === "OFFLINE" && attempt > 1);
      if (!ackLost || attempt === MAX_ATTEMPTS) throw error;
      await untilOnline(ACK_TIMEOUT);
    }
  }
}

/** Resolves as soon as the connection is online, or after `timeout` ms. */
function untilOnline(timeout) {
  return new Promise((resolve) => {
    const done = () => {
      unsubscribe();
      clearTimeout(timer);
      resolve();
    };
    const check = () => isOnline(connection.get()) && done();
    const unsubscribe = connection.subscribe(check);
    const timer = setTimeout(done, timeout);
    check();
  });
}

let delay = 0;
let retryTimer = null;

/** Whether the page has disconnected for good. */
export let halted = false;

/**
 * Connects, and stays connected. On every new connection `isOwn(hello)` says whether it is the page's member's; before
 * that nothing can be sent. Then `greet(hello, duration)` runs, before the connection counts as online.
 */
export function connect(greeting) {
  socket.on("connect", () => onConnect(greeting));
  socket.on("disconnect", onDisconnect);
  socket.on("connect_error", onConnectError);
  socket.on("session:ended", ({ reason }) => reason !== "shutdown" && endSession(reason));
  addEventListener("online", reconnectNow);
  addEventListener("offline", onNetworkLost);
  watchForWaking(wake, reconnectNow);
  attempt();
}

const wakeListeners = [];

/** Adds an async listener for the page waking up: it brings up to date what this connection may have missed. */
export const onWake = (listener) => wakeListeners.push(listener);

/**
 * The device slept, or the page was restored by the back button. The connection may be dead without having noticed: if
 * the listeners get no answers within 3 s, there is a new one.
 */
async function wake() {
  if (halted || connection.get().state === "ended") return;
  if (!isOnline(connection.get())) return reconnectNow();
  const { id } = socket;
  const renew = () => socket.id === id && (socket.disconnect(), reconnectNow());
  const timer = setTimeout(renew, WAKE_PATIENCE);
  try {
    await Promise.all(wakeListeners.map((listener) => listener()));
  } catch (error) {
    console.debug("not awake", error.code);
    renew();
  }
  clearTimeout(timer);
}

async function onConnect(greeting) {
  const { id } = socket;
  const isCurrent = () => !halted && socket.connected && socket.id === id;
  try {
    const askedAt = Date.now();
    const hello = await send("session:hello", undefined, ACK_TIMEOUT);
    if (!isCurrent() || !greeting.isOwn(hello)) return;
    ownConnection = id;
    await greeting.greet(hello, Date.now() - askedAt);
    if (!isCurrent()) return;
    delay = 0;
    connection.set({ state: "online" });
  } catch (error) {
    if (!isCurrent()) return;
    if (END_REASONS[error.code]) endSession(END_REASONS[error.code]);
    else retryLater(() => isCurrent() && onConnect(greeting));
  }
}

function onDisconnect(reason) {
  if (halted || connection.get().state === "ended") return;
  connection.set({ state: "offline" });
  // The client reconnects by itself, except when the server closed the connection on purpose.
  if (reason === "io server disconnect") retryLater(attempt);
}

function onConnectError(error) {
  if (END_REASONS[error.message]) {
    endSession(END_REASONS[error.message]);
    return;
  }
  if (connection.get().state !== "ended") connection.set({ state: "offline" });
  if (!socket.active) retryLater(attempt);
}

/** Exponential backoff with jitter. */
function retryLater(run) {
  delay = Math.min(MAX_DELAY, delay ? delay * 2 : FIRST_DELAY);
  scheduleRetry(run, delay * (0.5 + Math.random()));
}

function scheduleRetry(run, wait) {
  clearTimeout(retryTimer);
  if (!halted) retryTimer = setTimeout(run, wait);
}

/** Without a network there is one attempt after a long delay, because a server on this computer needs no network. */
function onNetworkLost() {
  if (connection.get().state === "ended") return;
  socket.disconnect();
  connection.set({ state: "offline" });
  scheduleRetry(attempt, MAX_DELAY);
}

function reconnectNow() {
  if (halted || socket.connected || connection.get().state === "ended" || !navigator.onLine) return;
  clearTimeout(retryTimer);
  delay = 0;
  // Cuts short the delay of the client's own reconnection, which may be 5 s long.
  socket.disconnect();
  attempt();
}

/** Disconnects for good, because the page is being left. */
export function halt() {
  halted = true;
  ownConnection = null;
  clearTimeout(retryTimer);
  socket.disconnect();
}

/** Ends the session on this page; the login page shows the reason. */
function endSession(reason) {
  connection.set({ state: "ended", reason });
  socket.disconnect();
}
