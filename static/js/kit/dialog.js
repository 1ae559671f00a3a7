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

/** Whether the pointer is beside a dialog, on the page behind it. */
function isBeside({ clientX, clientY }, dialog) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/** A dialog that is open while it is shown; `onClose` is called when it has closed. `box` is a ref for its element. */
export function Dialog({ box, children, ...attributes }) {
  const own = useRef(null);
  const dialog = box ?? own;
  const pressedBeside = useRef(false);
  useLayoutEffect(() => open(dialog.current), []);
  // Text may be selected from inside to beside it, so both ends of a click count.
  const onPointerDown = (event) => {
    pressedBeside.current = isBeside(event, dialog.current);
  };
  const onClick = (event) => {
    const beside = event.target === dialog.current && isBeside(event, dialog.current);
    if (beside && pressedBeside.current) dialog.current.close();
  };
  return html`<dialog ref=${dialog} onPointerDown=${onPointerDown} onClick=${onClick} ...${attributes}>
    ${children}</dialog>`;
}

/** The button in a dialog that closes it. */
export const CloseButton = () => html`<button type="button" class="icon-button" aria-label="Close"
  onClick=${(event) => event.currentTarget.closest("dialog").close()}><${XIcon} /></button>`;
