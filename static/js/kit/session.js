// The signed-in session as the server describes it: the member, their rooms, the balance and the limits.
import { connection, ask, connect, isOnline, on } from "./socket.js";
import { createStore } from "./store.js";
import { hueOfDay } from "./hue.js";
import { setServerTime } from "./time.js";
import { write } from "./local_storage.js";
import { isPageMember, watchForOtherMembers } from "./owner.js";
import { rememberMember } from "./member_names.js";
import { setAllUnread, setUnread } from "./unread.js";
import { roomStream } from "./stream_names.js";

const DEFAULT_LIMITS = { body: 2000, history: 50, editSeconds: 900, keepHours: 24 };
const REFRESH_INTERVAL = 60_000;

export const session = createStore({ me: null, rooms: [], balance: 0, limits: DEFAULT_LIMITS });

const helloListeners = [];

/** Adds an async listener for the answer to `session:hello`; it runs on every new connection before it is online. */
export const onHello = (listener) => helloListeners.push(listener);

/** Opens the connection and keeps the session up to date. */
export function startSession() {
  on("presence:changed", onPresence);
  on("wallet:changed", ({ balance }) => setBalance(balance));
  setInterval(refreshRooms, REFRESH_INTERVAL);
  document.addEventListener("visibilitychange", refreshRooms);
  watchForOtherMembers();
  connect({ isOwn: ({ me }) => isPageMember(me.id), greet });
}

async function greet(hello, duration) {
  setServerTime(hello.serverTime, duration);
  rememberMember(hello.me);
  setAllUnread(hello.unread);
  const limits = { ...DEFAULT_LIMITS, ...hello.limits };
  session.set({ me: hello.me, rooms: hello.rooms, balance: hello.balance, limits });
  applyHue(hello.me.dob);
  for (const listener of helloListeners) await listener(hello);
}

/** Colours the page in the hue of the member's birthday, and keeps the hue for the next first paint. */
function applyHue(dob) {
  const [month, day] = dob.split("-").slice(1).map(Number);
  const hue = hueOfDay(month, day) || 360;
  document.documentElement.style.setProperty("--hue", hue);
  write("konektor.hue", String(hue));
}

/** Changes what is known of one room. */
export function patchRoom(label, patch) {
  session.set(({ rooms }) => ({ rooms: rooms.map((room) => (room.label === label ? { ...room, ...patch } : room)) }));
}

function onPresence({ label, online, members }) {
  if (label) patchRoom(label, { online, members });
}

/** Requests the rooms' counts again: the server sends them only for rooms that this connection has entered. */
async function refreshRooms() {
  if (!isOnline(connection.get()) || document.visibilityState !== "visible") return;
  try {
    const rooms = await ask("room:list");
    setUnread(Object.fromEntries(rooms.map((room) => [roomStream(room.label), room.unread])));
    session.set({ rooms });
  } catch (error) {
    console.debug("room counts not refreshed", error.code);
  }
}

/** Takes over a balance that an answer carried. */
export const setBalance = (balance) => session.set({ balance });
