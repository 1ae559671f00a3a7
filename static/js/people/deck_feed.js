// The cards of the deck: who comes next, loaded in pages before they are needed.
import { createStore } from "../kit/store.js";
import { ask } from "../kit/socket.js";
import { takeQuota } from "./deck_quota.js";
import { chosen } from "./deck_filters.js";

const PAGE_SIZE = 10;
const FEW = 4;
const MOST_PAGES = 10;

/**
 * `items`: `{profile, reasons}`, the top card first, null until they are loaded; `next`: the cursor, null at the end;
 * `leaving`: cards that were swiped and are still seen, as `{item, dir}`; `returned`: the side from which the top card
 * came back, null for a new one.
 */
const EMPTY = { items: null, next: null, leaving: [], returned: null, error: null, loading: false };
export const deck = createStore(EMPTY);

const idOf = ({ profile }) => profile.id;

/* Everybody who was in the deck since it was begun: nobody is shown twice. */
const known = new Set();
let run = 0;

/** Begins again from the top, as after a change of the filters. */
export function restart() {
  run += 1;
  known.clear();
  deck.set(EMPTY);
  return load();
}
chosen.subscribe(restart);

/** Loads cards if few are left. */
export function refill() {
  const { items, next, loading, error } = deck.get();
  const wanted = items === null || (items.length <= FEW && next !== null);
  if (wanted && !loading && !error) load();
}

/** Loads the next cards, also after an error. */
export async function load() {
  const current = run;
  deck.set({ loading: true, error: null });
  let error = null;
  try {
    await loadPages(current);
  } catch (failure) {
    // What failed without a connection is loaded when it is back.
    if (failure.code !== "OFFLINE") error = failure;
  }
  if (current === run) deck.set({ loading: false, error });
}

/** Loads pages until there are cards: a page may be short or empty although others follow. */
async function loadPages(current) {
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await nextPage();
    if (current !== run) return;
    takeQuota({ remaining: page.remaining });
    const fresh = page.items.filter((item) => !known.has(idOf(item)));
    fresh.forEach((item) => known.add(idOf(item)));
    deck.set(({ items }) => ({ items: [...(items ?? []), ...fresh], next: page.next ?? null }));
    if (!page.next || deck.get().items.length > FEW) return;
  }
}

async function nextPage() {
  const { next } = deck.get();
  const request = { limit: PAGE_SIZE, filters: chosen.get().filters };
  try {
    return await ask("feed:next", { ...request, ...(next && { cursor: next }) });
  } catch (error) {
    // A cursor lasts a day; the first page goes on with whoever has not been swiped.
    if (!next || error.code !== "BAD_REQUEST") throw error;
    return ask("feed:next", request);
  }
}

/** Takes the top card off the deck; it is seen leaving to that side. */
export function takeTop(dir) {
  const [item, ...items] = deck.get().items;
  deck.set(({ leaving }) => ({ items, returned: null, leaving: [...leaving, { item, dir }] }));
  refill();
  return item;
}

/** Forgets a card that has left the screen. */
export const hasLeft = (id) =>
  deck.set(({ leaving }) => ({ leaving: leaving.filter(({ item }) => idOf(item) !== id) }));

/** Puts a card back on top; it comes from the side to which it left. */
export function putBack(item, dir) {
  hasLeft(idOf(item));
  known.add(idOf(item));
  const others = (deck.get().items ?? []).filter((other) => idOf(other) !== idOf(item));
  deck.set({ items: [item, ...others], returned: dir });
}

/** Removes a card wherever it is. */
export function remove(id) {
  const { items } = deck.get();
  if (!items?.some((item) => idOf(item) === id)) return;
  deck.set({ items: items.filter((item) => idOf(item) !== id), returned: null });
  refill();
}
