// A dialog that asks for confirmation, and says what the action means.
import { html, useRef } from "./ui.js";
import { Dialog } from "./dialog.js";

/** The dialog; `run()` is the action with that label, and `close` is called when it has closed, either way. */
export function ConfirmDialog({ title, label, run, close, children }) {
  const dialog = useRef(null);
  const confirm = () => {
    dialog.current.close(); // First, so that the focus is back when the action begins.
    run();
  };
  return html`<${Dialog} class="confirm-dialog" box=${dialog} aria-labelledby="confirm-title"
    aria-describedby="confirm-text" onClose=${close}>
    <div class="confirm-inside">
      <h2 class="display" id="confirm-title">${title}</h2>
      <div id="confirm-text">${children}</div>
      <div class="row-actions">
        <button type="button" class="button danger" onClick=${confirm}>${label}</button>
        <button type="button" class="button plain" autofocus onClick=${() => dialog.current.close()}>Cancel</button>
      </div>
    </div>
  <//>`;
}
