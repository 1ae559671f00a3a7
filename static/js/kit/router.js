// Which page is shown: maps the part of the address after `#` to a page of the manifest.
import { createStore } from "./store.js";

/** `{page, param}`: an entry of the manifest, and the second part of the address where the page takes one. */
export const route = createStore({ page: null, param: null });

let pages = [];
let moved = false;
let guard = null;
let address = location.hash;

/** Whether the page is still the one at which the application was opened. */
export const isFirstPage = () => !moved;

/** Starts to follow the address. The first page is shown for an address that belongs to none. */
export function startRouter(manifest) {
  pages = manifest;
  route.set(parse());
  addEventListener("hashchange", onMove);
}

function onMove() {
  if (guard && location.hash !== address && !guard(location.hash)) {
    history.replaceState(history.state, "", address || location.pathname);
    return;
  }
  address = location.hash;
  moved = true;
  route.set(parse());
}

/** Asks `mayGo(address)` before another page is shown, until the function that is returned is called. */
export function guardPage(mayGo) {
  guard = mayGo;
  return () => {
    if (guard === mayGo) guard = null;
  };
}

function parse() {
  const [path = "", param = ""] = location.hash.replace(/^#\/?/, "").split("/");
  const page = pages.find((each) => each.path === path && (!each.accepts || each.accepts(param))) ?? pages[0];
  return { page, param: page.accepts ? param : null };
}

/** The entry of a page, by its name. */
export const pageNamed = (name) => pages.find((page) => page.name === name);

/** The address of a page, by its name; `param` is the second part where the page takes one. */
export function addressOf(name, param) {
  const { path } = pageNamed(name);
  return param ? `#/${path}/${param}` : `#/${path}`;
}

/** The pages with a place in the navigation. */
export const listedPages = () => pages.filter((page) => page.nav || page.card || page.tab);

/** The pages that belong to a destination and are listed on it. */
export const pagesUnder = (name) => pages.filter((page) => page.under === name && page.card);

/** The pages that are tabs of a destination. */
export const tabsUnder = (name) => pages.filter((page) => page.under === name && page.tab);

/** The destination that a page belongs to; null for a destination. */
export const parentOf = ({ under }) => pageNamed(under) ?? null;
