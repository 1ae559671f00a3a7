// Short notices at the foot of the page, some with something to press.
import { createStore, useStore } from "./store.js";
import { html } from "./ui.js";
import { XIcon } from "./icons.js";

const SHOWN = 6000;
const toasts = createStore({ items: [] });
let last = 0;

/** Shows a notice; `action` is `{label, run}`. Answers its id. */
export function toast(text, { action = null, shown = SHOWN, bad = false } = {}) {
  const id = (last += 1);
  toasts.set(({ items }) => ({ items: [...items.slice(-2), { id, text, action, bad }] }));
  setTimeout(() => dismiss(id), shown);
  return id;
}

/** Shows why something was refused, in the server's own words. */
export const toastError = (error) => toast(error.message, { bad: true });

/** Takes a notice away. */
export function dismiss(id) {
  toasts.set(({ items }) => ({ items: items.filter((item) => item.id !== id) }));
}

function Toast({ item }) {
  const act = () => {
    item.action.run();
    dismiss(item.id);
  };
  return html`<div class=${item.bad ? "toast bad" : "toast"} data-testid="toast">
    <span>${item.text}</span>
    ${item.action && html`<button type="button" class="act" onClick=${act}>${item.action.label}</button>`}
    <button type="button" class="icon-button" aria-label="Dismiss" onClick=${() => dismiss(item.id)}><${XIcon}
      size=${18} /></button>
  </div>`;
}

/** The place where notices appear. */
export function Toasts() {
  const items = useStore(toasts, (state) => state.items);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${items.map((item) => html`<${Toast} key=${item.id} item=${item} />`)}
  </div>`;
}
