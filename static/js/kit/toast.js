// Short notices at the foot of the page, some with something to press.
import { createStore, useStore } from "./store.js";
import { html, useRef } from "./ui.js";
import { XIcon } from "./icons.js";

const SHOWN = 6000;
const LEAST = 1000;
const MOST = 3;
const toasts = createStore({ items: [] });
const clocks = new Map();
let last = 0;

/** Shows a notice; `action` is `{label, run}`; `over` runs when it goes without that. Answers its id. */
export function toast(text, { action = null, shown = SHOWN, bad = false, over = null } = {}) {
  const id = (last += 1);
  clocks.set(id, { left: shown, over, timer: null });
  toasts.set(({ items }) => ({ items: [...items, { id, text, action, bad }] }));
  for (const item of toasts.get().items.slice(0, -MOST)) dismiss(item.id);
  go(id);
  return id;
}

/** Shows why something was refused, in the server's own words. */
export const toastError = (error) => toast(error.message, { bad: true });

/** Takes a notice away; one that is gone already does no harm. */
export function dismiss(id) {
  const clock = clocks.get(id);
  if (!clock) return;
  hold(id);
  clocks.delete(id);
  toasts.set(({ items }) => ({ items: items.filter((item) => item.id !== id) }));
  clock.over?.();
}

/** Lets the time of a notice pass. */
function go(id) {
  const clock = clocks.get(id);
  if (!clock || clock.timer) return;
  clock.since = Date.now();
  clock.timer = setTimeout(() => dismiss(id), clock.left);
}

/** Stops it: somebody reads the notice, or is about to press what is in it. */
function hold(id) {
  const clock = clocks.get(id);
  if (!clock?.timer) return;
  clearTimeout(clock.timer);
  clock.timer = null;
  clock.left = Math.max(LEAST, clock.left - (Date.now() - clock.since));
}

function Toast({ item }) {
  const before = useRef(null);
  const close = () => {
    dismiss(item.id);
    if (before.current?.isConnected) before.current.focus({ preventScroll: true });
  };
  const act = () => {
    clocks.get(item.id).over = null;
    item.action.run();
    close();
  };
  const entered = (event) => {
    if (!event.currentTarget.contains(event.relatedTarget)) before.current = event.relatedTarget;
    hold(item.id);
  };
  const unpoint = (event) => event.currentTarget.contains(document.activeElement) || go(item.id);
  // `onfocusin` in lower case: with capitals Preact would wait for an event that is spelled like that.
  return html`<div class=${item.bad ? "toast bad" : "toast"} data-testid="toast" onfocusin=${entered}
    onfocusout=${() => go(item.id)} onPointerEnter=${() => hold(item.id)} onPointerLeave=${unpoint}>
    <span>${item.text}</span>
    ${item.action && html`<button type="button" class="act" onClick=${act}>${item.action.label}</button>`}
    <button type="button" class="icon-button" aria-label="Dismiss" onClick=${close}><${XIcon} size=${18} /></button>
  </div>`;
}

/** The place where notices appear. */
export function Toasts() {
  const items = useStore(toasts, (state) => state.items);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${items.map((item) => html`<${Toast} key=${item.id} item=${item} />`)}
  </div>`;
}
