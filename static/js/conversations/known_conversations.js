// The member's direct conversations and groups, the latest first: loaded page by page, and kept right by what is told.
import { ask, connection, isOnline, on } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { rememberMember } from "../kit/member_names.js";
import { onBlocking } from "../kit/profiles.js";
import { onCountsRefresh, session } from "../kit/session.js";
import { setUnread } from "../kit/unread.js";
import { isPrivate } from "../kit/stream_names.js";

const PAGE_SIZE = 30;
const RELOAD_DELAY = 300;
const MOST_PAGES = 40;

/*
 * `items` by stream: `{stream, peer | group, last, readUpTo, receipt, open, at}`; `at` is when something was said last,
 * or, in a conversation without words, when it has its place in the list. `loaded` once the first page is there, `more`
 * while there are further ones, `loading`, and the `error` of the last request.
 */
export const conversations = createStore({ items: {}, loaded: false, more: false, loading: false, error: null });

const fromDirect = ({ stream, peer, last, unread, readUpTo, receipt, open }) => {
  rememberMember(peer);
  return { stream, peer, last: last ?? null, unread, readUpTo, receipt: receipt ?? null, open };
};

const fromGroup = (group) => {
  group.members.forEach(rememberMember);
  const { stream, last, unread, readUpTo } = group;
  return { stream, group, last: last ?? null, unread, readUpTo, receipt: null, open: true };
};

/* Each of the two lists: `next` is the cursor of its next page, undefined before the first and null behind the last. */
const LISTS = { "dm:list": { read: fromDirect, next: undefined, edge: "" }, "group:list": { read: fromGroup, next: undefined, edge: "" } };

const itemsOf = () => Object.values(conversations.get().items);

/** Gives each item of a page its time; one without words comes right after the one before it. */
function timed(found, edge) {
  let at = edge || new Date().toISOString();
  return found.map((item) => {
    at = item.last?.createdAt ?? at;
    return { ...item, at };
  });
}

async function loadPage(event, fromTop) {
  const list = LISTS[event];
  const { next, edge } = fromTop ? { next: undefined, edge: "" } : list;
  if (next === null) return [];
  const page = await ask(event, { limit: PAGE_SIZE, ...(next && { cursor: next }) });
  const found = timed(page.items.map(list.read), edge);
  Object.assign(list, { next: page.next ?? null, edge: page.next ? (found.at(-1)?.at ?? edge) : "" });
  setUnread(Object.fromEntries(found.map(({ stream, unread }) => [stream, unread])));
  return found;
}

const hasMore = () => Object.values(LISTS).some(({ next }) => next);

/** From when on both lists are complete: what is older may still miss something between. */
const edgeOf = () =>
  Object.values(LISTS)
    .map(({ edge }) => edge)
    .reduce((one, other) => (one > other ? one : other));

/** The items in their order, as far as nothing between them can be missing. */
export function inOrder({ items }) {
  const edge = edgeOf();
  return Object.values(items)
    .filter(({ at }) => at >= edge)
    .sort((one, two) => two.at.localeCompare(one.at) || two.stream.localeCompare(one.stream));
}

/** The items by stream, as the store has them. */
export const byStream = (list) => Object.fromEntries(list.map((item) => [item.stream, item]));

/** The first pages; what was loaded of further ones stays. */
async function loadFirst() {
  const found = (await Promise.all(Object.keys(LISTS).map((event) => loadPage(event, true)))).flat();
  const kept = itemsOf().filter(({ at }) => at < edgeOf());
  conversations.set({ items: byStream([...kept, ...found]), loaded: true, more: hasMore() });
}

/** The next page of the list that ends first. */
async function loadNext() {
  const edge = edgeOf();
  const [event] = Object.entries(LISTS).find(([, list]) => list.next && list.edge === edge) ?? [];
  if (!event) return;
  const found = await loadPage(event, false);
  conversations.set(({ items }) => ({ items: { ...byStream(found), ...items }, more: hasMore() }));
}

async function load(work) {
  conversations.set({ loading: true, error: null });
  try {
    await work();
  } catch (error) {
    conversations.set({ error });
  }
  conversations.set({ loading: false });
}

/* One load runs at a time: `current` is it, `again` whether the first pages are wanted anew after it. */
let current = null;
let again = false;

function begin(work) {
  current = (async () => {
    await load(work);
    for (; again; await load(loadFirst)) again = false;
    current = null;
  })();
  return current;
}

/** Loads the first pages again; what was loaded of further ones stays. */
export function reload() {
  again = Boolean(current);
  return current ?? begin(loadFirst);
}

/** Loads the first pages unless that has been done or begun. */
export const loadOnce = () => (conversations.get().loaded ? null : (current ?? begin(loadFirst)));

/** Loads the next page. */
export const loadMore = () => current ?? begin(loadNext);

/** Loads pages until a conversation is found; whether it is one of the member's. Rejects when a page does not load. */
export async function findConversation(stream) {
  const isKnown = () => Boolean(conversations.get().items[stream]);
  await loadOnce();
  if (!isKnown()) await reload(); // It may have been begun since then, and is among the first ones now.
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { more, error } = conversations.get();
    if (isKnown()) return true;
    if (error) throw error;
    if (!more) break;
    await loadMore();
  }
  return false;
}

let timer = null;

/** Loads the list again soon, once for several calls. */
export function reloadSoon() {
  if (!conversations.get().loaded) return;
  timer ??= setTimeout(() => {
    timer = null;
    reload();
  }, RELOAD_DELAY);
}

/** Changes one item, if it is known. */
export function patchConversation(stream, patch) {
  conversations.set(({ items }) => (items[stream] ? { items: { ...items, [stream]: { ...items[stream], ...patch } } } : {}));
}

/** Takes over a group as an answer or an event says it is; one that is new is the first. */
export function takeGroup(group) {
  group.members.forEach(rememberMember);
  conversations.set(({ items }) => {
    const at = items[group.stream]?.at ?? new Date().toISOString();
    const item = { ...fromGroup(group), ...items[group.stream], group, at };
    return { items: { ...items, [group.stream]: item } };
  });
}

/** Removes a conversation that the member takes no part in any more. */
export function dropConversation(stream) {
  setUnread({ [stream]: 0 });
  conversations.set(({ items }) => ({ items: Object.fromEntries(Object.entries(items).filter(([name]) => name !== stream)) }));
}

function onMessage({ message }) {
  if (!isPrivate(message.stream)) return;
  const item = conversations.get().items[message.stream];
  if (!item) reloadSoon();
  else if (message.seq > (item.last?.seq ?? 0)) patchConversation(message.stream, { last: message, at: message.createdAt });
}

function onChanged({ stream, id, hidden, expiredUpTo, ...patch }) {
  const last = conversations.get().items[stream]?.last;
  if (!last || expiredUpTo) return;
  if (hidden && hidden >= last.seq) reloadSoon();
  else if (last.id === id) patchConversation(stream, { last: { ...last, ...patch } });
}

function onReceipt({ stream, userId, delivered, read }) {
  const item = conversations.get().items[stream];
  if (item?.peer?.id !== userId) return;
  const { delivered: before = 0, read: readBefore = 0 } = item.receipt ?? {};
  patchConversation(stream, { receipt: { delivered: Math.max(delivered, before), read: Math.max(read, readBefore) } });
}

function onGroup({ group, id, left }) {
  if (group) {
    takeGroup(group);
    return;
  }
  const item = itemsOf().find((each) => each.group?.id === id);
  if (!item) return;
  if (left === session.get().me?.id) dropConversation(item.stream);
  else {
    const members = item.group.members.filter((member) => member.id !== left);
    patchConversation(item.stream, { group: { ...item.group, members } });
  }
}

function onRequest({ status, peer }) {
  const item = itemsOf().find((each) => each.peer?.id === peer.id);
  if (item && status === "removed") patchConversation(item.stream, { open: false });
  if (status === "matched" || status === "removed") reloadSoon();
}

on("message:new", onMessage);
on("message:changed", onChanged);
on("message:receipt", onReceipt);
on("group:changed", onGroup);
on("request:changed", onRequest);
on("settings:changed", reloadSoon); // Receipts may be seen now, or not any more.
onBlocking(reloadSoon);
onCountsRefresh(reloadSoon);

let wasOnline = isOnline(connection.get());
connection.subscribe(() => {
  const online = isOnline(connection.get());
  if (online && !wasOnline) reloadSoon();
  wasOnline = online;
});
