// The keyboard shortcuts of every page: the switcher, the room before and after, and the list of all of them.
import { createStore, useStore } from "./store.js";
import { html, useLayoutEffect, useRef } from "./ui.js";
import { isComposing } from "./keys.js";
import { open, prefetch } from "./page_loader.js";
import { SearchIcon } from "./icons.js";

const FIELDS = "input, textarea, select, [contenteditable]";
const IS_APPLE = /Mac|iP(hone|ad)/.test(navigator.platform);

/** The name of the key that is held for commands. */
export const COMMAND = IS_APPLE ? "⌘" : "Ctrl";

/* What opens over a page. */
const SWITCHER = {
  name: "switcher",
  title: "The list of rooms and pages",
  load: () => import("./switcher.js"),
  style: "kit/switcher.css",
};
const HELP = {
  name: "help",
  title: "The list of shortcuts",
  load: () => import("./shortcut_help.js"),
  style: "kit/switcher.css",
};

const overlay = createStore({ Component: null });

/* A dialog tells that it has closed a little later, when the other one may be open. */
const close = (closed) => overlay.get().Component === closed && overlay.set({ Component: null });

/** Opens the switcher or the list of shortcuts, unless something is open already. */
async function openOverlay(part) {
  const Component = await open(part);
  if (!document.querySelector("dialog[open]")) overlay.set({ Component });
}

/** Goes to the room before (-1) or after (1) the current one; from another page to the last or the first. */
function stepRoom(all, step) {
  const rooms = all.filter(({ listed }) => listed);
  const current = rooms.findIndex((room) => room.current);
  const next = current < 0 ? (step > 0 ? 0 : rooms.length - 1) : (current + step + rooms.length) % rooms.length;
  if (rooms[next]) location.hash = rooms[next].address;
}

function onKeyDown(event, rooms) {
  if (isComposing(event) || event.defaultPrevented || document.querySelector("dialog[open], [role=menu]")) return;
  const command = IS_APPLE ? event.metaKey : event.ctrlKey;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") openOverlay(SWITCHER);
  else if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && step) stepRoom(rooms, step);
  else if (event.key === "?" && !event.ctrlKey && !event.metaKey && !event.target.closest?.(FIELDS)) openOverlay(HELP);
  else return;
  event.preventDefault();
}

/** Listens to the keys; `rooms` are `{label, words, address, hue, listed, current}`, those of the navigation `listed`. */
export function Shortcuts({ rooms }) {
  const Component = useStore(overlay, (state) => state.Component);
  const latest = useRef(rooms);
  latest.current = rooms;
  useLayoutEffect(() => {
    const listener = (event) => onKeyDown(event, latest.current);
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, []);
  return Component && html`<${Component} rooms=${rooms} close=${() => close(Component)} />`;
}

/** The button that opens the switcher; it shows the keys that do the same. */
export function SwitcherButton() {
  return html`<button type="button" class="rail-link switcher-button" aria-haspopup="dialog"
    aria-keyshortcuts=${IS_APPLE ? "Meta+K" : "Control+K"} onPointerEnter=${() => prefetch(SWITCHER)}
    onClick=${() => openOverlay(SWITCHER)}><${SearchIcon} /><span>Jump to</span>
    <kbd aria-hidden="true">${COMMAND} K</kbd></button>`;
}
