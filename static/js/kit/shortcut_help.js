// The list of the keyboard shortcuts.
import { html } from "./ui.js";
import { CloseButton, Dialog } from "./dialog.js";
import { COMMAND } from "./shortcuts.js";

const GROUPS = [
  [
    "Everywhere",
    [
      [[COMMAND, "K"], "Jump to a room or page"],
      [["Alt", "↑"], "Previous room"],
      [["Alt", "↓"], "Next room"],
      [["?"], "This list"],
      [["Esc"], "Close what is open"],
    ],
  ],
  [
    "In a room or conversation",
    [
      [["Enter ↵"], "Send"],
      [["Shift", "Enter ↵"], "New line"],
      [["↑"], "Edit your last message, in an empty field"],
      [["Esc"], "Stop editing or replying"],
    ],
  ],
  [
    "In Messages",
    [
      [["/"], "Search people and messages"],
      [["↑", "↓"], "Through the list"],
      [["Alt", "↓"], "Next conversation"],
      [["Esc"], "Back to the list"],
    ],
  ],
  [
    "In Discover",
    [
      [["→"], "Like"],
      [["←"], "Pass"],
      [["N"], "Like with a note"],
      [["U"], "Undo"],
      [["Enter ↵"], "Open the full profile"],
    ],
  ],
];

/** The dialog. */
export default function ShortcutHelp({ close }) {
  return html`<${Dialog} class="popup shortcut-help" aria-labelledby="shortcut-help" onClose=${close}>
    <header class="panel-head"><h2 class="display" id="shortcut-help">Keyboard shortcuts</h2><${CloseButton} /></header>
    ${GROUPS.map(
      ([name, keys]) => html`<h3 key=${name}>${name}</h3><dl>${keys.map(
        ([combination, what]) => html`<div key=${what}><dt>${combination.map((key) => html`<kbd>${key}</kbd> `)}</dt>
          <dd>${what}</dd></div>`,
      )}</dl>`,
    )}
  <//>`;
}
