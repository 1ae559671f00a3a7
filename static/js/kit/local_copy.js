// The copy of what the member has seen, for reading offline: messages and lists in a database of the browser.
import { allowCopy, hasCopy, othersCopy, owner } from "./owner.js";

const PREFIX = "konektor.";
const PICTURES = "konektor.pictures.";
const MOST_MESSAGES = 2000;
const PATIENCE = 2000;

const nameFor = (member) => `${PREFIX}${member}`;

let opening = null;
let ended = false;

/** The database: `messages` are `{stream, seq, at, message}`, `facts` are texts, numbers and lists by name. */
function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(nameFor(owner), 1);
    request.onupgradeneeded = () => {
      const messages = request.result.createObjectStore("messages", { keyPath: ["stream", "seq"] });
      messages.createIndex("at", "at");
      request.result.createObjectStore("facts");
    };
    request.onsuccess = () => {
      request.result.onversionchange = end; // Another tab deletes it, because the member logs out.
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opening;
}

/** Closes the database for good. */
function end() {
  ended = true;
  opening?.then((database) => database.close(), () => {});
}

/**
 * Runs `work(store)` in a transaction and resolves with the result of the request that it returns, once everything is
 * stored; null where there is no copy. The page works without one: storage may be full or switched off.
 */
async function run(name, mode, work) {
  if (ended || !hasCopy()) return null;
  try {
    const database = await open();
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result ?? null);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch (error) {
    console.debug("no copy", error?.name);
    return null;
  }
}

/* What is to be kept since before a copy was allowed, by name: the first lists are loaded before that. */
const early = new Map();

/** Keeps something under a name. */
export function keepFact(name, value) {
  if (!hasCopy()) early.set(name, value);
  return run("facts", "readwrite", (store) => store.put(value, name));
}

/** What is kept under a name, or null. */
export const keptFact = (name) => run("facts", "readonly", (store) => store.get(name));

/** Forgets what is kept under names that begin with a text. */
export function forgetFacts(prefix) {
  for (const name of [...early.keys()]) if (name.startsWith(prefix)) early.delete(name);
  return run("facts", "readwrite", (store) => store.delete(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
}

/** Keeps the messages of a stream from a seq on, in place of those before; of all streams the 2 000 newest stay. */
export const keepMessages = (stream, messages, from = 0) =>
  run("messages", "readwrite", (store) => {
    store.delete(IDBKeyRange.bound([stream, from], [stream, Infinity]));
    for (const message of messages)
      store.put({ stream, seq: message.seq, at: Date.parse(message.createdAt), message });
    store.count().onsuccess = ({ target }) => dropOldest(store, target.result - MOST_MESSAGES);
  });

function dropOldest(store, number) {
  if (number <= 0) return;
  let left = number;
  store.index("at").openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor || left === 0) return;
    left -= 1;
    cursor.delete();
    cursor.continue();
  };
}

/** All messages that are kept, as `{stream, seq, at, message}`, by stream and seq; those before a time are deleted. */
export async function keptMessages(since) {
  await run("messages", "readwrite", (store) => {
    store.index("at").openCursor(IDBKeyRange.upperBound(since)).onsuccess = ({ target: { result: cursor } }) => {
      cursor?.delete();
      cursor?.continue();
    };
  });
  return (await run("messages", "readonly", (store) => store.getAll())) ?? [];
}

/** Deletes the kept messages for which `isGone({stream, seq, message})`. */
export const dropMessages = (isGone) =>
  run("messages", "readwrite", (store) => {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (isGone(cursor.value)) cursor.delete();
      cursor.continue();
    };
  });

/** Allows a copy for the page's member, and a cache for the pictures in it. */
export async function beginCopy() {
  await forgetOthers();
  allowCopy(true);
  for (const [name, value] of early) keepFact(name, value);
  early.clear();
  await globalThis.caches?.open(PICTURES + owner);
}

/** Deletes what is kept of members other than the page's. */
export async function forgetOthers() {
  const named = othersCopy();
  if (named) allowCopy(false);
  const known = (await indexedDB.databases?.()) ?? [];
  const names = new Set([...known.map(({ name }) => name), ...(named ? [nameFor(named)] : [])]);
  const others = [...names].filter((name) => name.startsWith(PREFIX) && name !== nameFor(owner));
  const isOthers = (name) => name.startsWith(PICTURES) && name !== PICTURES + owner;
  await within(PATIENCE, [...others.map(deleteDatabase), deleteCaches(isOthers)]);
}

/**
 * Deletes all that this browser keeps for reading offline, the application itself included, and takes back what was
 * notified. Waits 2 s at most for a browser that does not answer.
 */
export async function forgetCopy() {
  allowCopy(false);
  end();
  await within(PATIENCE, [deleteDatabase(nameFor(owner)), deleteCaches(() => true), endWorker()]);
}

/** Waits for works, also for those that fail: the browser then refuses to have such storage, or to answer. */
const within = (time, works) =>
  Promise.race([Promise.allSettled(works), new Promise((resolve) => setTimeout(resolve, time))]);

function deleteDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  });
}

async function deleteCaches(isGone) {
  const names = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(names.filter((name) => isGone(name)).map((name) => caches.delete(name)));
}

async function endWorker() {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  if (!registration) return;
  for (const notification of await registration.getNotifications()) notification.close();
  await registration.unregister(); // With it goes the subscription to what is pushed.
}
