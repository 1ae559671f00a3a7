// The keyboard shortcuts of every page: the switcher, the room before and after, and the list of all of them.
import { createStore, useStore } from "./store.js";
import { html, useEffect, useRef } from "./ui.js";
import { isComposing } from "./keys.js";
import { prefetch, usePage } from "./page_loader.js";
import { SearchIcon } from "./icons.js";

const FIELDS = "input, textarea, select, [contenteditable]";
const IS_APPLE = /Mac|iP(hone|ad)/.test(navigator.platform);

/** The name of the key that is held for commands. */
export const COMMAND = IS_APPLE ? "⌘" : "Ctrl";

/** What opens over a page, loaded when it is needed. */
const OVERLAYS = {
  switcher: { name: "switcher", load: () => import("./switcher.js"), style: "kit/switcher.css" },
  help: { name: "help", load: () => import("./shortcut_help.js"), style: "kit/switcher.css" },
};

const overlay = createStore({ open: null });

/** Opens the switcher or the list of shortcuts (`help`), unless something is open already. */
export const openOverlay = (open) => document.querySelector("dialog[open]") || overlay.set({ open });

/** Goes to the room before (-1) or after (1) the current one; from another page to the last or the first. */
function stepRoom(rooms, step) {
  const current = rooms.findIndex((room) => room.current);
  const next = current < 0 ? (step > 0 ? 0 : rooms.length - 1) : (current + step + rooms.length) % rooms.length;
  if (rooms[next]) location.hash = rooms[next].address;
}

function onKeyDown(event, rooms) {
  if (isComposing(event) || event.defaultPrevented || document.querySelector("dialog[open], [role=menu]")) return;
  const command = IS_APPLE ? event.metaKey : event.ctrlKey;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") openOverlay("switcher");
  else if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && step) stepRoom(rooms, step);
  else if (event.key === "?" && !event.ctrlKey && !event.metaKey && !event.target.closest?.(FIELDS)) openOverlay("help");
  else return;
  event.preventDefault();
}

function Overlay({ open, rooms }) {
  const { Component, error } = usePage(OVERLAYS[open]);
  const close = () => overlay.set({ open: null });
  useEffect(() => {
    if (error) close();
  }, [error]);
  return Component ? html`<${Component} rooms=${rooms} close=${close} />` : null;
}

/** Listens to the keys; `rooms` are `{label, words, address, hue, current}` in the order of the navigation. */
export function Shortcuts({ rooms }) {
  const open = useStore(overlay, (state) => state.open);
  const latest = useRef(rooms);
  latest.current = rooms;
  useEffect(() => {
    const listener = (event) => onKeyDown(event, latest.current);
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, []);
  return open && html`<${Overlay} open=${open} rooms=${rooms} />`;
}

/** The button that opens the switcher; it shows the keys that do the same. */
export function SwitcherButton() {
  return html`<button type="button" class="rail-link switcher-button" aria-haspopup="dialog"
    aria-keyshortcuts=${IS_APPLE ? "Meta+K" : "Control+K"} onPointerEnter=${() => prefetch(OVERLAYS.switcher)}
    onClick=${() => openOverlay("switcher")}><${SearchIcon} /><span>Jump to</span>
    <kbd aria-hidden="true">${COMMAND} K</kbd></button>`;
}
