// The signed-in session as the server describes it: the member, their rooms, the balance and the limits.
import { askQuietly, connect, connection, isOnline, on } from "./socket.js";
import { createStore } from "./store.js";
import { hueOfDay } from "./hue.js";
import { setServerTime } from "./time.js";
import { write } from "./local_storage.js";
import { isPageMember, watchForOtherMembers } from "./owner.js";
import { rememberMember } from "./member_names.js";
import { readElsewhere, setAllUnread, setUnread } from "./unread.js";
import { roomStream } from "./stream_names.js";

const DEFAULT_LIMITS = { body: 2000, history: 50, editSeconds: 900, keepHours: 24 };
const REFRESH_INTERVAL = 60_000;
const COUNT_DELAY = 500;
const BALANCE_DELAY = 600;
const OVERTAKING = 2000;

/**
 * `rooms` are the member's own three, `more` the further ones that the member may enter; `usage` and `pushKey`, with which
 * pushes are signed, as when connecting.
 */
export const session = createStore({
  me: null,
  rooms: [],
  more: [],
  balance: 0,
  usage: {},
  limits: DEFAULT_LIMITS,
  pushKey: null,
});

const helloListeners = [];

/** Adds an async listener for the answer to `session:hello`; it runs on every new connection before it is online. */
export const onHello = (listener) => helloListeners.push(listener);

/** Calls the listener when the connection is greeted, also if it has been greeted already. */
export function onGreeting(listener) {
  if (isOnline(connection.get())) listener();
  onHello(async () => listener());
}

/** Opens the connection and keeps the session up to date. */
export function startSession() {
  on("presence:changed", onPresence);
  on("wallet:changed", ({ balance }) => takeBalance(balance, "event"));
  on("unread:changed", onReadElsewhere);
  on("profile:changed", ({ userId, patch }) => userId === session.get().me?.id && takeOwnProfile(patch));
  setInterval(refreshIfVisible, REFRESH_INTERVAL);
  document.addEventListener("visibilitychange", refreshIfVisible);
  watchForOtherMembers();
  connect({ isOwn: ({ me }) => isPageMember(me.id), greet });
}

async function greet(hello, duration) {
  setServerTime(hello.serverTime, duration);
  rememberMember(asOthersSee(hello.me));
  setAllUnread(hello.unread);
  const limits = { ...DEFAULT_LIMITS, ...hello.limits };
  const { me, rooms, balance, usage, pushKey = null } = hello;
  session.set({ me, rooms, balance, usage, limits, pushKey });
  applyHue(hello.me.dob);
  refreshMore();
  for (const listener of helloListeners) await listener(hello);
}

/** Shows a session as it was kept, until the server describes the one of today. */
export function restoreSession({ counts, ...kept }) {
  if (session.get().me) return;
  setAllUnread(counts);
  session.set(kept);
  applyHue(kept.me.dob);
}

/** Requests the rooms beyond the member's own three. */
async function refreshMore() {
  const answer = await askQuietly("room:more");
  if (answer) takeRooms({ more: answer.rooms });
}

/** Takes over rooms, own (`rooms`) or further ones (`more`), with their unread counts. */
export function takeRooms(lists) {
  for (const rooms of Object.values(lists))
    setUnread(Object.fromEntries(rooms.map((room) => [roomStream(room.label), room.unread])));
  session.set(lists);
}

/** Colours the page in the hue of the member's birthday, and keeps the hue for the next first paint. */
function applyHue(dob) {
  const [month, day] = dob.split("-").slice(1).map(Number);
  const hue = hueOfDay(month, day) || 360;
  document.documentElement.style.setProperty("--hue", hue);
  write("konektor.hue", String(hue));
}

/** Takes over what the member has changed of their own profile, here or elsewhere, as far as every page shows it. */
export function takeOwnProfile(profile) {
  const changed = ["username", "avatar", "tick"].filter((name) => profile[name] !== undefined);
  const card = Object.fromEntries(changed.map((name) => [name, profile[name]]));
  session.set(({ me }) => ({ me: { ...me, ...card, ...ownBadges(me, profile.badges) } }));
}

const asOthersSee = ({ id, username, avatar, tick, badges, hiddenBadges = [] }) => ({
  id,
  username,
  avatar,
  tick,
  badges: badges.filter((badge) => !hiddenBadges.includes(badge)),
});

/** A profile has the badges that are shown; the others that the member has are hidden. */
function ownBadges({ badges, hiddenBadges = [] }, shown) {
  if (!shown) return {};
  const all = [...new Set([...badges, ...hiddenBadges, ...shown])];
  return { badges: all, hiddenBadges: all.filter((badge) => !shown.includes(badge)) };
}

/** How many of those who are online in a room are others: the reader counts, unless they hide that they are online. */
export const othersOnline = (online, me) => Math.max(0, online - (me?.settings.online === false ? 0 : 1));

/** Changes what is known of one room. */
export function patchRoom(label, patch) {
  const patched = (list) => list.map((room) => (room.label === label ? { ...room, ...patch } : room));
  session.set(({ rooms, more }) => ({ rooms: patched(rooms), more: patched(more) }));
}

function onPresence({ label, online, members }) {
  if (label) patchRoom(label, { online, members });
}

function onReadElsewhere({ stream, unread, upTo }) {
  setUnread({ [stream]: unread });
  readElsewhere.set({ [stream]: upTo });
}

/** Requests the rooms' counts again: the server sends them only for rooms that this connection has entered. */
async function refreshRooms() {
  await Promise.all([askQuietly("room:list").then((rooms) => rooms && takeRooms({ rooms })), refreshMore()]);
}

const refreshIfVisible = () => document.visibilityState === "visible" && refreshRooms();

const countListeners = [];

/** Adds a listener that requests further unread counts again; it runs whenever `refreshCounts` requests those of rooms. */
export const onCountsRefresh = (listener) => countListeners.push(listener);

/** Requests the counts soon, once for several calls, and not at the same moment as every other member of the room. */
export const refreshCounts = once(
  () => {
    refreshRooms();
    for (const listener of countListeners) listener();
  },
  () => COUNT_DELAY * (1 + 3 * Math.random()),
);

/* When the balance was told last, in an answer to this connection and in an event about another one. */
const told = { answer: 0, event: 0 };

/** Takes over a balance that an answer carried. */
export const setBalance = (balance) => takeBalance(balance, "answer");

/** An answer and an event close to each other may have overtaken one another, so that the older one came last. */
function takeBalance(balance, source) {
  session.set({ balance });
  told[source] = Date.now();
  if (Math.abs(told.answer - told.event) < OVERTAKING) refreshBalance();
}

/** Requests the balance soon, once for several calls. */
const refreshBalance = once(
  async () => {
    const wallet = await askQuietly("wallet:get", { limit: 1 });
    if (wallet) session.set({ balance: wallet.balance });
  },
  () => BALANCE_DELAY,
);

/** A function that runs some time after a call; calls until then are for the same run. */
function once(run, delay) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      run();
    }, delay());
  };
}
