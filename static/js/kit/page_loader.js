// Loads the pages that are not part of the first paint: a page's module and stylesheet, once, when it is needed.
import { createStore, useStore } from "./store.js";
import { useEffect } from "./ui.js";
import { connection, isOnline } from "./socket.js";
import { toast } from "./toast.js";

const SOON = 1500;
const PREFETCH_DELAY = 10_000;

/** By page name: `{Component}` once it is loaded, `{error}` when that failed. */
const results = createStore({});
const loading = new Map();
const styles = new Map();

/** `{Component}`, `{error}` or, while the page is loading, `{}`. A failed page is retried after a reconnection. */
export function usePage(page) {
  const online = useStore(connection, isOnline);
  const result = useStore(results, (state) => state[page.name]);
  useEffect(() => {
    if (!page.component && !result?.Component) load(page).catch((error) => setResult(page, { error }));
  }, [page, online]);
  return page.component ? { Component: page.component } : (result ?? {});
}

/**
 * The component of what opens over a page, which is `{name, title, load, style}`. When it does not load, a toast says
 * so and the answer is null; the next call tries again.
 */
export async function open(part) {
  try {
    return await load(part);
  } catch {
    toast(`${part.title} didn’t load. Try again when you’re back online.`, { bad: true });
    return null;
  }
}

/** Loads a page that is likely to be opened next. */
export function prefetch(page) {
  if (!page.component) load(page).catch((error) => console.debug("page not prefetched", page.name, error.message));
}

/** Loads pages some time after the first connection, so that they also open without a connection. */
export function prefetchLater(pages) {
  const unsubscribe = connection.subscribe(() => {
    if (!isOnline(connection.get())) return;
    unsubscribe();
    if (navigator.connection?.saveData) return;
    setTimeout(() => pages.filter((page) => page.soon).forEach(prefetch), SOON);
    setTimeout(() => pages.forEach(prefetch), PREFETCH_DELAY);
  });
}

/** Tries a failed page again. Some browsers remember a failed import until the document is loaded anew. */
export async function retry(page) {
  try {
    await load(page);
  } catch (error) {
    if (isOnline(connection.get())) location.reload();
    else setResult(page, { error });
  }
}

function load(page) {
  if (!loading.has(page.name)) {
    const done = Promise.all([page.load(), ...[page.style ?? []].flat().map(loadStyle)]).then(([module]) => {
      setResult(page, { Component: module.default });
      return module.default;
    });
    loading.set(page.name, done);
    done.catch(() => loading.delete(page.name));
  }
  return loading.get(page.name);
}

const setResult = (page, result) => results.set({ [page.name]: result });

/** The address of a stylesheet; with an import map, the one that changes with its content. */
function styleAddress(path) {
  const relative = `../../css/${path}`;
  return import.meta.resolve ? import.meta.resolve(relative) : new URL(relative, import.meta.url);
}

/** Links a stylesheet once, also one that several pages have. */
function loadStyle(path) {
  if (!styles.has(path)) {
    styles.set(path, linkStyle(path));
    styles.get(path).catch(() => styles.delete(path));
  }
  return styles.get(path);
}

function linkStyle(path) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = styleAddress(path);
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      reject(new Error(`${path} did not load`));
    };
    document.head.append(link);
  });
}
