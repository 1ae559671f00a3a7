// Lists that arrive in pages: a hook that loads them, and the control at their end that loads the next page.
import { html, useEffect, useRef, useState } from "./ui.js";
import { useStore } from "./store.js";
import { ask, connection, isOnline } from "./socket.js";

const PAGE_SIZE = 50;
const MARGIN = "400px";
const EMPTY = { items: null, next: null, error: null, loading: false };

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
 * The list of an event that takes `{cursor?, limit}` and answers `{items, next}`; `field` names the list in the answer
 * where it is not `items`, `key(item)` identifies an item.
 *
 * `items` is null until the first page is there, and `next` null at the end. `error` belongs to the last request.
 * `more()` loads the next page or repeats one that failed, `reload()` begins again with the first page, `prepend(item)`
 * inserts an item that has just come into being. The list is loaded when there is a connection, and again after each
 * reconnection.
 */
export function usePaged(event, payload = {}, { field = "items", key = ({ id }) => id, limit = PAGE_SIZE } = {}) {
  const online = useStore(connection, isOnline);
  const [list, setList] = useState(EMPTY);
  const patch = (change) => setList((before) => ({ ...before, ...change }));
  const run = useRef(0); // Counts the loads from the top: a page that was requested before the last one is dropped.
  const busy = useRef(false);
  const inserted = useRef([]); // Items that were inserted since the last load from the top began.
  const identity = JSON.stringify([event, payload]);

  const request = async (cursor) => {
    if (cursor && busy.current) return;
    const current = cursor ? run.current : (run.current += 1);
    if (!cursor) inserted.current = [];
    busy.current = true;
    patch({ loading: true });
    try {
      const page = await ask(event, { ...payload, limit, ...(cursor && { cursor }) });
      if (current !== run.current) return;
      setList(({ items }) => ({
        items: cursor ? appendPage(items, page[field], key) : appendPage(inserted.current, page[field], key),
        next: page.next ?? null,
        error: null,
        loading: false,
      }));
    } catch (error) {
      if (current !== run.current) return;
      // The first page is loaded again by itself after a reconnection; a further one is not.
      patch({ loading: false, error: error.code === "OFFLINE" && !cursor ? null : error });
    }
    busy.current = false;
  };
  const reload = () => request();

  useEffect(() => {
    setList(EMPTY);
  }, [identity]);
  useEffect(() => {
    if (online) reload();
    return () => {
      run.current += 1; // An answer that is still on its way belongs to another list, or to none.
      busy.current = false;
      patch({ loading: false });
    };
  }, [online, identity]);

  const prepend = (item) => {
    inserted.current = prependItem(inserted.current, item, key);
    setList((before) => ({ ...before, items: before.items && prependItem(before.items, item, key) }));
  };
  return { ...list, more: () => request(list.next), reload, prepend };
}

/** Calls back when the element comes near the visible part of the page. */
function useSentinel(reached, active) {
  const mark = useRef(null);
  const latest = useRef(reached);
  latest.current = reached;
  useEffect(() => {
    if (!active) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && latest.current(), {
      rootMargin: MARGIN,
    });
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
