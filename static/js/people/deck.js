// Discover: a deck of members, the top one to be liked or passed on by dragging, keys and buttons.
import { Empty, Failed, Skeleton, Title, WhenOffline, html, useEffect, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { tick } from "../kit/time.js";
import { toast } from "../kit/toast.js";
import { PageTabs } from "../kit/page_tabs.js";
import { addressOf } from "../kit/router.js";
import { openProfile } from "./open_profile.js";
import { Card } from "./deck_card.js";
import { Controls, useKeys } from "./deck_controls.js";
import { deck, load, refill, restart } from "./deck_feed.js";
import { FilterButton, FilterChip, FilterSheet } from "./deck_filter_sheet.js";
import { choose, chosen } from "./deck_filters.js";
import { Matches } from "./deck_match.js";
import { NoteDialog } from "./deck_note.js";
import { quota, quotaInWords } from "./deck_quota.js";
import { loadOwn, own, reasonsInWords } from "./deck_reasons.js";
import { swipe, swipes, undo, watch } from "./deck_swipes.js";

const SEEN = 3;
const PRELOADED = 6;
const NONE = [];
const OFFLINE = "You’re offline. You can go on when you’re back online.";

/** "Ada, 36, Lisbon. Born in the same year." */
function inWords(item, reader) {
  const { username, age, city } = item.profile;
  const why = reasonsInWords(item, reader);
  return `${[username, age, city].filter(Boolean).join(", ")}.${why.length ? ` ${why.join(", ")}.` : ""}`;
}

/** What screen readers are told: what a swipe did, and who is next. */
function News({ top, returned }) {
  const { news } = useStore(swipes);
  const reader = useStore(own);
  const next = top ? `${returned ? "" : "Next: "}${inWords(top, reader)}` : "";
  return html`<p class="visually-hidden" role="status" data-testid="deck-news">${[news, next].filter(Boolean).join(" ")}</p>`;
}

function Nobody({ filters }) {
  const filtered = Object.keys(filters).length > 0;
  return html`<${Empty} title=${filtered ? "Nobody fits your filters" : "That’s everybody for now"}>
    <p>${
      filtered
        ? "Widen the filters to see more people."
        : "You’ve seen everybody there is. New people join every day, so come back later, or invite somebody you’d like to meet here."
    }</p>
    <p class="deck-actions">${filtered && html`<button type="button" class="button" onClick=${() => choose({})}>Clear the
      filters</button>`}<a class=${filtered ? "button plain" : "button"} href=${addressOf("invitations")}>Invite someone</a>
      <button type="button" class="button plain" onClick=${restart}>Check again</button></p>
  <//>`;
}

/** In place of cards: what there is to wait for, or to do. */
function NoCards({ state, filters }) {
  const { items, next, error, loading } = state;
  if (error) return html`<${Failed} error=${error} retry=${load} />`;
  if (items && !next && !loading) return html`<${Nobody} filters=${filters} />`;
  if (items && !loading)
    return html`<${Empty} title="Still looking"><p>Nobody has turned up among the first few hundred.</p>
      <p><button type="button" class="button" onClick=${load}>Look further</button></p><${WhenOffline} /><//>`;
  return html`<div class="deck-waiting"><${Skeleton} label="Looking for people" /></div>`;
}

/** Loads the pictures of the cards that come next. */
function usePreloadedPictures(items) {
  useEffect(() => {
    for (const { profile } of items.slice(SEEN, PRELOADED)) if (profile.avatar) new Image().src = `${profile.avatar}/screen`;
  }, [items]);
}

/** Keeps the focus in the deck when what had it has left with its card; returns what notes where the focus is. */
function useFocus(stack, top) {
  const last = useRef(null);
  useLayoutEffect(() => {
    const lost = last.current && (!last.current.isConnected || last.current.closest("[inert]"));
    if (!lost) return;
    const card = stack.current.querySelector("[data-place='0'] .deck-inside");
    (card ?? document.querySelector("[data-page-title]")).focus({ preventScroll: true });
  }, [top?.profile.id]);
  return ({ target }) => (last.current = target);
}

/** What the member can do with the top card; `explain()` says why they cannot like it. */
function useCommands(top, quotaNow, setSheet) {
  const online = useStore(connection, isOnline);
  const go = (dir, note) => {
    if (!top) return false;
    const refusal = online ? dir === "right" && quotaNow.usedUp && quotaNow.text : OFFLINE;
    if (refusal) toast(refusal, { bad: true });
    else swipe(dir, note);
    return !refusal;
  };
  return {
    go,
    pass: () => go("left"),
    like: () => go("right"),
    undo: () => (online ? undo() : toast(OFFLINE, { bad: true })),
    note: () => top && (quotaNow.usedUp ? toast(quotaNow.text, { bad: true }) : setSheet(top.profile.id)),
    open: () => top && openProfile(top.profile),
  };
}

/** How many likes are left; until the first swipe, what a like does. */
function QuotaLine({ words: { text, usedUp } }) {
  const isNew = useStore(swipes, (state) => state.isNew);
  const hint = isNew && "A like sends them a request to be friends.";
  return html`<p class=${usedUp ? "deck-quota used-up" : "deck-quota"} role="status">${text || hint}</p>`;
}

/** The cards that leave, the top one, and those behind it. */
function Cards({ leaving, items, returned, swiped }) {
  const cards = [
    ...leaving.map(({ item, dir }) => ({ item, gone: dir })),
    ...items.slice(0, SEEN).map((item, place) => ({ item, place, returned })),
  ];
  return cards.map((card) => html`<${Card} key=${card.item.profile.id} ...${card} swiped=${swiped} />`);
}

/**
 * What is open over the page: `sheet` is "filters", or the id of whom a note is written to. A dialog tells that it has
 * closed a little later, when another sheet may be open: `close(name)` closes only its own.
 */
function Sheets({ sheet, top, like, close }) {
  return html`${sheet === "filters" && html`<${FilterSheet} close=${() => close("filters")} />`}
    ${
      top &&
      sheet === top.profile.id &&
      html`<${NoteDialog} key=${sheet} profile=${top.profile} send=${like} close=${() => close(sheet)} />`
    }
    <${Matches} />`;
}

/** Loads what is needed while the page is shown and there is a connection. */
function useLoading() {
  const online = useStore(connection, isOnline);
  useEffect(() => {
    if (!online) return;
    loadOwn();
    refill();
  }, [online]);
  useEffect(() => {
    watch(true);
    return () => watch(false);
  }, []);
}

/** The page. */
export default function Deck() {
  const state = useStore(deck);
  const { filters } = useStore(chosen);
  const [sheet, setSheet] = useState(null);
  const stack = useRef(null);
  useStore(tick); // The quota of a new day.
  const quotaNow = quotaInWords(useStore(quota));
  const items = state.items ?? NONE;
  const [top = null] = items;
  const commands = useCommands(top, quotaNow, setSheet);
  const close = (name) => setSheet((open) => (open === name ? null : open));
  useLoading();
  useKeys(commands);
  usePreloadedPictures(items);
  const noteFocus = useFocus(stack, top);
  return html`<div class="deck" data-testid="deck" onfocusin=${noteFocus}>
    <header class="deck-head"><${Title} class="visually-hidden">Discover<//><${PageTabs} of="discover" /><${FilterButton} open=${() => setSheet("filters")} /></header>
    <${FilterChip} />
    <div class="deck-stack" ref=${stack}>
      <${Cards} leaving=${state.leaving} items=${items} returned=${state.returned} swiped=${commands.go} />
      ${!top && html`<${NoCards} state=${state} filters=${filters} />`}
    </div>
    <${QuotaLine} words=${quotaNow} />
    <${Controls} member=${top?.profile ?? null} commands=${commands} mayUndo=${state.items !== null}
      mayLike=${!quotaNow.usedUp} />
    <${News} top=${top} returned=${state.returned} />
    <${Sheets} sheet=${sheet} top=${top} like=${(note) => commands.go("right", note)} close=${close} />
  </div>`;
}
