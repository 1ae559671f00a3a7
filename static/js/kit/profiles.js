// What this page knows of members: the latest name, face and profile of each, from answers and events alike.
import { createStore, useStore } from "./store.js";
import { useMemo } from "./ui.js";
import { on } from "./socket.js";

/** An answer that was on its way when an event came may be older than the event; this long, in ms. */
const OVERTAKING = 2000;

/** What a whole profile leaves out when it is empty, or not for this reader any more. */
const OPTIONAL = ["firstName", "lastName", "about", "gender", "city", "status", "birthday", "lastSeen"];
const NOTHING = Object.fromEntries(OPTIONAL.map((name) => [name, undefined]));

const NOBODY = createStore({});
const stores = new Map();
const told = new Map(); // By id and field: when an event told it.

on("profile:changed", ({ userId, patch }) => takeEvent(userId, patch));
on("block:changed", takeBlock);
on("presence:changed", ({ userId, online, lastSeen }) => userId && takeEvent(userId, { online, lastSeen }));
on("request:changed", ({ peer }) => {
  const { met = 0 } = storeOf(peer.id).get();
  takeMember(peer);
  storeOf(peer.id).set({ met: met + 1 });
});

const blockListeners = new Set();
const blocks = new Map(); // The last block of each member, or its end: one made here comes as an event too.

/** Adds a listener for blocks and their ends, made on this page or on another one; returns what removes it. */
export function onBlocking(listener) {
  blockListeners.add(listener);
  return () => void blockListeners.delete(listener);
}

/** Takes over that the reader has blocked a member, or unblocked them: `{userId, on}`. */
export function takeBlock(block) {
  const { userId, on: isBlocked } = block;
  const last = blocks.get(userId);
  blocks.set(userId, { isBlocked, at: Date.now() });
  takeEvent(userId, { blocked: isBlocked });
  const isHeard = last?.isBlocked === isBlocked && Date.now() - last.at < OVERTAKING;
  if (!isHeard) for (const listener of blockListeners) listener(block);
}

function storeOf(id) {
  if (!stores.has(id)) stores.set(id, createStore({}));
  return stores.get(id);
}

const isSame = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

function take(id, fields) {
  const store = storeOf(id);
  const known = store.get();
  const changed = Object.entries(fields).filter(([name, value]) => !isSame(known[name], value ?? undefined));
  if (changed.length) store.set(Object.fromEntries(changed.map(([name, value]) => [name, value ?? undefined])));
}

function takeEvent(id, patch) {
  for (const name of Object.keys(patch)) told.set(`${id} ${name}`, Date.now());
  take(id, patch);
}

/** Takes over what an answer says of a member, who is not blocked then: of an author, or a whole profile. */
export function takeMember(member) {
  const isNewer = (name) => Date.now() - (told.get(`${member.id} ${name}`) ?? 0) < OVERTAKING;
  const fields = { ...("skills" in member ? NOTHING : {}), blocked: undefined, ...member };
  take(member.id, Object.fromEntries(Object.entries(fields).filter(([name]) => !isNewer(name))));
}

/** What is known of a member; an empty object for a stranger to this page. */
export const knownMember = (id) => stores.get(id)?.get() ?? {};

/**
 * A member as they are now; the component renders again when something of them changes. `met` counts what happened
 * between the two, such as a request, after which more or less of the profile may be seen.
 */
export function useMember(member) {
  const known = useStore(member ? storeOf(member.id) : NOBODY);
  return useMemo(() => member && { ...member, ...known }, [member, known]);
}
