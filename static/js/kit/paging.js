// Lists that arrive in pages: a hook that loads them, and the control at their end that loads the next page.
import { html, useEffect, useLayoutEffect, useRef, useState } from "./ui.js";
import { useStore } from "./store.js";
import { ask, connection, isOnline } from "./socket.js";
import { keepFact, keptFact } from "./local_copy.js";

const PAGE_SIZE = 50;
const MARGIN = "400px";
const EMPTY = { items: null, next: null, error: null, loading: false, of: null };

/** Appends a page; items that are in the list already (the list moved between two pages) stay where they are. */
export function appendPage(items, page, key) {
  const known = new Set(items.map(key));
  return [...items, ...page.filter((item) => !known.has(key(item)))];
}

/** Inserts an item at the top; an older version of it is removed. */
export function prependItem(items, item, key) {
  return [item, ...items.filter((each) => key(each) !== key(item))];
}

/**
 * Inserts an item where `order(one, other)` puts it; an older version of it is removed. With `more` to come, an item
 * behind the last one is left out, because it comes with its page.
 */
export function placeItem(items, item, { key, order, more }) {
  const others = items.filter((each) => key(each) !== key(item));
  const at = others.findIndex((each) => order(item, each) < 0);
  if (at < 0) return more ? others : [...others, item];
  return [...others.slice(0, at), item, ...others.slice(at)];
}

/**
 * The list of an event that takes `{cursor?, limit}` and answers `{items, next}`; `field` names the list in the answer
 * where it is not `items`, `key(item)` identifies an item. `order` is that of the items, where the newest is not the
 * first. With `keep`, the items stay until those of another payload are there, and are `stale` meanwhile. With `copied`,
 * the first page can also be read offline.
 *
 * `items` is null until the first page is there, and `next` null at the end. `error` belongs to the last request.
 * `more()` loads the next page or repeats one that failed, `reload()` begins again with the first page, `insert(item)`
 * inserts an item that has just come into being, and `remove(key)` removes one. The list is loaded when there is a
 * connection, and again after each reconnection.
 */
export function usePaged(event, payload = {}, options = {}) {
  const { field = "items", key = ({ id }) => id, limit = PAGE_SIZE, order = null, keep = false, copied = false } = options;
  const online = useStore(connection, isOnline);
  const [list, setList] = useState(EMPTY);
  const patch = (change) => setList((before) => ({ ...before, ...change }));
  const run = useRef(0); // Counts the loads from the top: a page that was requested before the last one is dropped.
  const busy = useRef(false);
  const inserted = useRef([]); // Items that were inserted since the last load from the top began.
  const removed = useRef(new Set()); // Keys of those that were removed since then.
  const identity = JSON.stringify([event, payload]);
  const place = (items, item, more) =>
    order ? placeItem(items, item, { key, order, more }) : prependItem(items, item, key);
  /** The list with a page; what has happened while that was on its way is newer. */
  const taken = (items, page) => {
    const found = page[field].filter((item) => !removed.current.has(key(item)));
    if (items) return appendPage(items, found, key);
    return inserted.current.reduceRight((list, item) => place(list, item, page.next), found);
  };

  const request = async (cursor) => {
    if (cursor && busy.current) return;
    const current = cursor ? run.current : (run.current += 1);
    if (!cursor) {
      inserted.current = [];
      removed.current = new Set();
    }
    busy.current = true;
    patch({ loading: true });
    try {
      const page = await ask(event, { ...payload, limit, ...(cursor && { cursor }) });
      if (current !== run.current) return;
      if (copied && !cursor) keepFact(`list ${identity}`, page);
      setList(({ items }) => ({
        items: taken(cursor ? items : null, page),
        next: page.next ?? null,
        error: null,
        loading: false,
        of: identity,
      }));
    } catch (error) {
      if (current !== run.current) return;
      // The first page is loaded again by itself after a reconnection; a further one is not.
      patch({ loading: false, error: error.code === "OFFLINE" && !cursor ? null : error });
    }
    busy.current = false;
  };
  const reload = () => request();

  useLayoutEffect(() => {
    setList((before) => (keep && online ? { ...before, next: null, error: null } : EMPTY));
  }, [identity]);
  useLayoutEffect(() => {
    if (online) reload();
    return () => {
      run.current += 1; // An answer that is still on its way belongs to another list, or to none.
      busy.current = false;
      patch({ loading: false });
    };
  }, [online, identity]);

  useEffect(() => {
    let active = copied && !online;
    const show = (page) => setList((before) => (before.items ? before : { ...EMPTY, items: page[field], of: identity }));
    if (active) keptFact(`list ${identity}`).then((page) => active && page && show(page));
    return () => {
      active = false;
    };
  }, [online, identity]);

  const insert = (item) => {
    removed.current.delete(key(item));
    inserted.current = prependItem(inserted.current, item, key);
    setList((before) => ({ ...before, items: before.items && place(before.items, item, before.next) }));
  };
  const remove = (gone) => {
    const stays = (item) => key(item) !== gone;
    removed.current.add(gone);
    inserted.current = inserted.current.filter(stays);
    setList((before) => ({ ...before, items: before.items && before.items.filter(stays) }));
  };
  const stale = list.items !== null && list.of !== identity;
  return { ...list, stale, more: () => request(list.next), reload, insert, remove };
}

/** Calls back when the element comes near the visible part of the page. */
function useSentinel(reached, active) {
  const mark = useRef(null);
  const latest = useRef(reached);
  latest.current = reached;
  useEffect(() => {
    if (!active) return undefined;
    const look = (entries) => entries.at(-1).isIntersecting && latest.current();
    const observer = new IntersectionObserver(look, { rootMargin: MARGIN });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [active]);
  return mark;
}

/**
 * The end of a paged list: a button that loads the next page, also by itself when it comes into sight; after a failure
 * the error with a button to retry; nothing when the list is complete.
 */
export function More({ list }) {
  const { items, next, error, loading, more, reload } = list;
  const active = Boolean(next) && !loading && !error;
  const mark = useSentinel(more, active);
  if (error) {
    const retry = next ? more : reload;
    return html`<p class=${items ? "wrong" : "notice bad"} role="alert">${error.message} <button type="button"
      class="button plain slim" onClick=${retry}>Try again</button></p>`;
  }
  if (!items || !next) return null;
  return html`<button type="button" class="button plain slim" ref=${mark} aria-busy=${loading}
    onClick=${more}>${loading ? "Loading …" : "Show more"}</button>`;
}
