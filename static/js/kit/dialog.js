// Modal dialogs: Escape and a click beside them close them, and then the focus is where it was.
import { html, useLayoutEffect, useRef } from "./ui.js";
import { XIcon } from "./icons.js";

/** Opens it; the answer is for an effect's end, when the dialog's component goes without having been closed. */
function open(dialog) {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    if (dialog.open) dialog.close();
    if (before?.isConnected && document.activeElement === document.body) before.focus({ preventScroll: true });
  };
}

/** A dialog that is open while it is shown; `onClose` is called when it has closed. `box` is a ref for its element. */
export function Dialog({ box, children, ...attributes }) {
  const own = useRef(null);
  const dialog = box ?? own;
  useLayoutEffect(() => open(dialog.current), []);
  return html`<dialog ref=${dialog} onClick=${(event) => event.target === dialog.current && dialog.current.close()}
    ...${attributes}>${children}</dialog>`;
}

/** The button in a dialog that closes it. */
export const CloseButton = () => html`<button type="button" class="icon-button" aria-label="Close"
  onClick=${(event) => event.currentTarget.closest("dialog").close()}><${XIcon} /></button>`;
