// The live connection: asking the server, hearing it, and coming back after it was lost.
import { io } from "../../vendor/socket.io.esm.min.js";
import { newCid } from "./cid.js";
import { createStore } from "./store.js";

const ANSWER = 10_000;
const LONGEST_PAUSE = 15_000;
const ENDING = { UNAUTHENTICATED: "unauthenticated", SESSION_EXPIRED: "expired", FROZEN: "frozen" };

/** `state`: connecting, online (greeted and up to date), offline or ended. */
export const connection = createStore({ state: "connecting" });

/** A refusal: the server's `code` and `message` with its details, or our own OFFLINE and TIMEOUT. */
export class LiveError extends Error {
  constructor({ code, message, ...details }) {
    super(message);
    Object.assign(this, { code, details });
  }
}

const OFFLINE = { code: "OFFLINE", message: "There is no connection right now; try again when it is back." };
const TIMEOUT = { code: "TIMEOUT", message: "Konektor did not answer in time; try again in a moment." };

const socket = io({
  autoConnect: false,
  transports: ["websocket", "polling"],
  tryAllTransports: true,
  reconnectionDelay: 400,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  auth: { tz: Intl.DateTimeFormat().resolvedOptions().timeZone, lang: navigator.language },
});

/** Sends an event, answers its data. Rejects with a LiveError; nothing is kept for later. */
export function ask(event, payload, wait = ANSWER) {
  return new Promise((resolve, reject) => {
    if (!socket.connected) {
      reject(new LiveError(OFFLINE));
      return;
    }
    const given = payload === undefined ? [] : [payload];
    socket.timeout(wait).emit(event, ...given, (lost, ack) => {
      if (lost) reject(new LiveError(socket.connected ? TIMEOUT : OFFLINE));
      else if (ack.ok) resolve(ack.data);
      else reject(new LiveError(ack.error));
    });
  });
}

/** Sends an event that must not be done twice: again under the same client id when its answer is lost. */
export async function askOnce(event, payload) {
  const cid = newCid();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask(event, { ...payload, cid });
    } catch (error) {
      const lost = error.code === "TIMEOUT" || (error.code === "OFFLINE" && attempt > 1);
      if (!lost || attempt === 3) throw error;
      await online(ANSWER);
    }
  }
}

/** Waits until the connection is there, at most that many ms. */
export function online(most) {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      clearTimeout(timer);
      resolve();
    };
    const check = () => connection.get().state === "online" && done();
    const stop = connection.listen(check);
    const timer = setTimeout(done, most);
    check();
  });
}

/** Calls back for each event of that name. */
export const hear = (event, listener) => socket.on(event, listener);

let pause = 0;
let again = null;

/** Connects, and stays connected; `greet` runs on every new connection before it counts as online. */
export function connect(greet) {
  socket.on("connect", () => welcome(greet));
  socket.on("disconnect", (reason) => lost(reason));
  socket.on("connect_error", refused);
  socket.on("session:ended", ({ reason }) => reason !== "shutdown" && end(reason));
  addEventListener("online", hurry);
  addEventListener("offline", rest);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
  socket.connect();
}

async function welcome(greet) {
  const { id } = socket;
  try {
    await greet();
    if (socket.id !== id || !socket.connected) return;
    pause = 0;
    connection.set({ state: "online" });
  } catch (error) {
    if (socket.id !== id || !socket.connected) return;
    if (ENDING[error.code]) end(ENDING[error.code]);
    else later(() => socket.connected && socket.id === id && welcome(greet));
  }
}

function lost(reason) {
  if (connection.get().state === "ended") return;
  connection.set({ state: "offline" });
  // The client comes back by itself, except when the server closed the connection on purpose.
  if (reason === "io server disconnect") later(() => socket.connect());
}

function refused(error) {
  if (ENDING[error.message]) {
    end(ENDING[error.message]);
    return;
  }
  if (connection.get().state !== "ended") connection.set({ state: "offline" });
  if (!socket.active) later(() => socket.connect());
}

function later(run) {
  pause = Math.min(LONGEST_PAUSE, (pause || 500) * 2);
  clearTimeout(again);
  again = setTimeout(run, pause * (0.5 + Math.random()));
}

/** Without a network nothing is tried for a while; a server on this very computer is found again nevertheless. */
function rest() {
  if (connection.get().state === "ended") return;
  socket.disconnect();
  connection.set({ state: "offline" });
  clearTimeout(again);
  again = setTimeout(() => socket.connect(), LONGEST_PAUSE);
}

function hurry() {
  if (socket.connected || connection.get().state === "ended" || !navigator.onLine) return;
  clearTimeout(again);
  pause = 0;
  // Ends the pause of the client's own reconnection, which may be 5 s long.
  socket.disconnect().connect();
}

/** Hangs up without a word about it, because the page is being left. */
export const hangUp = () => socket.disconnect();

/** Ends everything with a reason, which the log-in page says. */
export function end(reason) {
  connection.set({ state: "ended", reason });
  socket.disconnect();
}
