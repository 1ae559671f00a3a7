// The dialog for the note that comes with a like: a few words that the other one reads before they answer.
import { html } from "../kit/ui.js";
import { Dialog } from "../kit/dialog.js";
import { NoteForm } from "./note_form.js";

/** The dialog; `send(note)` sends the like, `close()` is called when it has closed. */
export function NoteDialog({ profile, send, close }) {
  const submit = (note) => {
    close();
    send(note);
  };
  return html`<${Dialog} class="popup deck-sheet" data-testid="note" aria-labelledby="note-title" onClose=${close}>
    <div class="deck-form">
      <h2 class="display" id="note-title">A note to <span translate=${false}>${profile.username}</span></h2>
      <p class="soft small" id="note-hint">They see it with your like. If you like each other, you’re friends.</p>
      <${NoteForm} member=${profile} label="Like with this note" needed hint="note-hint" send=${submit} cancel=${close} />
    </div>
  <//>`;
}
