// Toasts: short messages at the top of the page, some with an action.
import { createStore, useStore } from "./store.js";
import { html, useRef } from "./ui.js";
import { XIcon } from "./icons.js";

const DURATION = 6000;
const MIN_AFTER_HOLD = 1000;
const MAX_SHOWN = 3;
const toasts = createStore({ items: [] });
const timers = new Map();
let lastId = 0;

/**
 * Shows a toast and returns its id. `action` is `{label, run}`; `onExpire` runs when the toast goes without its action.
 */
export function toast(text, { action = null, duration = DURATION, bad = false, onExpire = null } = {}) {
  const id = (lastId += 1);
  timers.set(id, { left: duration, onExpire, timeout: null });
  toasts.set(({ items }) => ({ items: [...items, { id, text, action, bad }] }));
  for (const item of toasts.get().items.slice(0, -MAX_SHOWN)) dismiss(item.id);
  resume(id);
  return id;
}

/** Shows the message of a failed request. */
export const toastError = (error) => toast(error.message, { bad: true });

/** Removes a toast; does nothing for one that is gone already. */
export function dismiss(id) {
  const timer = timers.get(id);
  if (!timer) return;
  hold(id);
  timers.delete(id);
  toasts.set(({ items }) => ({ items: items.filter((item) => item.id !== id) }));
  timer.onExpire?.();
}

/** Starts the timer of a toast, or goes on with it. */
function resume(id) {
  const timer = timers.get(id);
  if (!timer || timer.timeout) return;
  timer.since = Date.now();
  timer.timeout = setTimeout(() => dismiss(id), timer.left);
}

/** Stops the timer while the toast has the focus or the pointer. */
function hold(id) {
  const timer = timers.get(id);
  if (!timer?.timeout) return;
  clearTimeout(timer.timeout);
  timer.timeout = null;
  timer.left = Math.max(MIN_AFTER_HOLD, timer.left - (Date.now() - timer.since));
}

function Toast({ item }) {
  const focusedBefore = useRef(null);
  const close = () => {
    dismiss(item.id);
    if (focusedBefore.current?.isConnected) focusedBefore.current.focus({ preventScroll: true });
  };
  const act = () => {
    timers.get(item.id).onExpire = null;
    item.action.run();
    close();
  };
  const onFocusIn = (event) => {
    if (!event.currentTarget.contains(event.relatedTarget)) focusedBefore.current = event.relatedTarget;
    hold(item.id);
  };
  const onPointerLeave = (event) => event.currentTarget.contains(document.activeElement) || resume(item.id);
  // `onfocusin` in lower case: Preact takes the event's name from it as it is spelled, and `FocusIn` does not exist.
  return html`<div class=${item.bad ? "toast bad" : "toast"} data-testid="toast" onfocusin=${onFocusIn}
    onfocusout=${() => resume(item.id)} onPointerEnter=${() => hold(item.id)} onPointerLeave=${onPointerLeave}>
    <span>${item.text}</span>
    ${item.action && html`<button type="button" class="act" onClick=${act}>${item.action.label}</button>`}
    <button type="button" class="icon-button" aria-label="Dismiss" onClick=${close}><${XIcon} size=${18} /></button>
  </div>`;
}

/** The place where toasts appear. */
export function Toasts() {
  const items = useStore(toasts, (state) => state.items);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${items.map((item) => html`<${Toast} key=${item.id} item=${item} />`)}
  </div>`;
}
