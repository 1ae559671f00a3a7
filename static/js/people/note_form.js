// The note that may go with a like or a request, and what was typed of it until the server has it.
import { count, html, overLimit, useEffect, useRef, useState } from "../kit/ui.js";
import { isComposing } from "../kit/keys.js";
import { isVisible, lengthOf } from "../kit/text.js";

const LONGEST = 200;

/* What was typed for each member, until it is sent or the page is left. */
const drafts = new Map();

/** Forgets the note to a member that has been sent; another one that was typed meanwhile stays. */
export function forgetNote(id, note) {
  if (drafts.get(id)?.trim() === note) drafts.delete(id);
}

function Counter({ used }) {
  const over = overLimit(used, LONGEST);
  return html`<p class=${over ? "wrong" : "hint"} id="note-counter" aria-live="polite">${
    over || `${count(LONGEST - used, "character")} left`
  }</p>`;
}

/**
 * The form; `send(note)` is called with what was typed, which is kept until `forgetNote`, and `cancel()` to close it.
 * A `needed` note is not sent empty; `hint` is the id of a sentence about it.
 */
export function NoteForm({ member, label, needed = false, busy = false, hint = "", send, cancel }) {
  const [text, setText] = useState(drafts.get(member.id) ?? "");
  const used = lengthOf(text.trim());
  const mayBeSent = used <= LONGEST && (!needed || isVisible(text)) && !busy;
  const write = ({ target }) => {
    drafts.set(member.id, target.value);
    setText(target.value);
  };
  const submit = (event) => {
    event.preventDefault();
    if (mayBeSent) send(text.trim());
  };
  const onKeyDown = (event) => {
    if (!isComposing(event) && event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  };
  const field = useRef(null);
  useEffect(() => {
    field.current.focus();
    field.current.form.scrollIntoView({ block: "nearest" });
  }, []);
  return html`<form class="note-form" onSubmit=${submit}>
    <label for="note">Note${!needed && html` <span class="soft">(optional)</span>`}</label>
    <textarea class="input" id="note" rows="4" ref=${field} aria-describedby=${`${hint} note-counter`.trim()}
      aria-invalid=${used > LONGEST} placeholder=${`Say hello to ${member.username}`} value=${text} onInput=${write}
      onKeyDown=${onKeyDown} />
    <${Counter} used=${used} />
    <div class="row-actions">
      <button type="submit" class="button" aria-disabled=${!mayBeSent}>${label}</button>
      <button type="button" class="button plain" onClick=${cancel}>Cancel</button>
    </div>
  </form>`;
}
