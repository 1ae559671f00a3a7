// The member's session as the server told it: who one is, the three rooms, the balance, the limits.
import { connection, ask, connect, hear } from "./socket.js";
import { createStore } from "./store.js";
import { hueOfDay } from "./hue.js";
import { setServerTime } from "./time.js";
import { write } from "./local_storage.js";
import { follow, resume } from "../talk/message_store.js";
import { learn } from "./member_names.js";

const LIMITS = { body: 2000, history: 50, editSeconds: 900, keepHours: 24 };
const REFRESHED = 60_000;

export const session = createStore({ me: null, rooms: [], balance: 0, limits: LIMITS });

/** Opens the connection; every new one begins with a greeting and with what was missed. */
export function begin() {
  hear("presence:changed", counted);
  hear("wallet:changed", ({ balance }) => session.set({ balance }));
  setInterval(refreshRooms, REFRESHED);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refreshRooms());
  connect(greet);
}

async function greet() {
  const asked = Date.now();
  const hello = await ask("session:hello");
  setServerTime(hello.serverTime, Date.now() - asked);
  learn(hello.me);
  session.set({ me: hello.me, rooms: hello.rooms, balance: hello.balance, limits: { ...LIMITS, ...hello.limits } });
  wear(hello.me.dob);
  await follow(hello.rooms.map((room) => `r:${room.label}`));
  await resume();
}

/** Puts the member's own hue on the page, and keeps it for the next first paint. */
function wear(dob) {
  const [month, day] = dob.split("-").slice(1).map(Number);
  const hue = hueOfDay(month, day) || 360;
  document.documentElement.style.setProperty("--hue", hue);
  write("konektor.hue", String(hue));
}

/** Changes what is known of one room. */
export function patchRoom(label, patch) {
  session.set(({ rooms }) => ({
    rooms: rooms.map((room) =>
      room.label === label ? { ...room, ...(typeof patch === "function" ? patch(room) : patch) } : room,
    ),
  }));
}

function counted({ label, online, members }) {
  if (label) patchRoom(label, { online, members });
}

/** Asks for the rooms' counts again: they are told live only for rooms that this connection follows. */
async function refreshRooms() {
  if (connection.get().state !== "online" || document.visibilityState !== "visible") return;
  try {
    session.set({ rooms: await ask("room:list") });
  } catch (error) {
    console.debug("room counts stay as they were", error.code);
  }
}

/** Takes over a balance that an answer carried. */
export const setBalance = (balance) => session.set({ balance });
