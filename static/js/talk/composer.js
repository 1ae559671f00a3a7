// The composer: the text field of a stream with its draft, its cost, and the reason when it cannot be sent.
import { html, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { post } from "./outbox.js";
import { session } from "../kit/session.js";
import { sendTyping } from "./live_messages.js";
import { summary } from "./message_picture.js";
import { streamOf } from "./message_store.js";
import { useDraft } from "./drafts.js";
import { TimeLeft, isEditable, saveEdit, useTimeLeft } from "./editing.js";
import { Meter, usePrice } from "./price.js";
import { chosen, chosenIn, takePictures } from "./chosen_pictures.js";
import { PictureButton, PictureTray } from "./picture_tray.js";
import { isPrivate } from "../kit/stream_names.js";
import { useParts } from "./parts.js";
import { QuestionChip, finishQuestion } from "./question.js";
import { replaceIn } from "../kit/field.js";
import { isComposing, isShortcut } from "../kit/keys.js";
import { read, write } from "../kit/local_storage.js";
import { memberKey } from "../kit/owner.js";
import { touch } from "../kit/pointer.js";
import { ArrowUpIcon, CheckIcon, SmileIcon, XIcon } from "../kit/icons.js";

/** What the composer refers to: the message that is edited or replied to. */
function Context({ context, left, cancel }) {
  const { editing, reply } = context;
  if (!editing && !reply) return null;
  return html`<div class="composer-context">
    <span>${
      editing
        ? html`Editing · ${" "}<${TimeLeft} left=${left} />`
        : html`Replying to ${" "}<b translate=${false}>${reply.from.username}</b>: ${summary(reply, 60)}`
    }</span>
    <button type="button" class="icon-button" aria-label=${editing ? "Stop editing" : "Cancel reply"}
      onClick=${cancel}><${XIcon} size=${18} /></button>
  </div>`;
}

/** Makes the field as high as its text, also when the window gets narrower. */
function useAutoHeight(field, text) {
  const fit = () => {
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  };
  useLayoutEffect(fit, [text]);
  useLayoutEffect(() => {
    addEventListener("resize", fit);
    return () => removeEventListener("resize", fit);
  }, []);
}

/** Enter sends, Escape leaves the edit or the reply, ArrowUp in an empty field edits the last own message. */
function onComposerKey(event, { text, stream, send, stop, edit }) {
  if (isComposing(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !touch.matches) send(event);
  else if (event.key === "Escape" && stop) {
    event.preventDefault();
    stop();
  } else if (event.key === "ArrowUp" && !text && !isShortcut(event)) {
    const last = streamOf(stream)
      .get()
      .messages.findLast((message) => isEditable(message, session.get()));
    if (!last) return;
    event.preventDefault();
    edit(last);
  }
}

/** Whether to say how a line is broken: with a keyboard, while the first message is written. */
function useNewlineHint() {
  const key = memberKey("newline");
  const [known, setKnown] = useState(() => touch.matches || Boolean(read(key)));
  const learn = () => {
    if (known) return;
    write(key, "known");
    setKnown(true);
  };
  return [!known && html`<span class="newline">Shift+Enter for a new line</span>`, learn];
}

/** Begins an answer to the question of the day, which is quoted above it, before what is in the field already. */
function beginAnswer(field, question, change) {
  replaceIn(field, 0, field.value.length, `${question.text}\n${field.value}`, change);
}

/**
 * The composer. `context` is `{reply, editing}`, each a message or null; `cancel()` leaves either, `edit(message)`
 * begins an edit, `hint` stands above in place of the question, `field` is a ref for the text field, and `control` one
 * for `{answer(question)}`; `openEmoji` opens the emoji picker. `people` are those who can be mentioned where the
 * stream is no room.
 */
export function Composer({ stream, label, people, context, cancel, edit, hint, field, control, openEmoji }) {
  const { editing, reply } = context;
  const [text, setText, discardDraft] = useDraft(stream, editing);
  const [announcement, announce] = useState("");
  const signedIn = useStore(session, ({ me }) => Boolean(me));
  const saving = useRef(false);
  const [newline, learnNewline] = useNewlineHint();
  const body = text.trim();
  const left = useTimeLeft(editing);
  const pictures = useStore(chosen, chosenIn(stream)).length;
  const isEmpty = !body && (editing ? !editing.media : !pictures);
  const { cost, available, problem } = usePrice(stream, body, { editing, pictures: !isEmpty });
  const blocked = problem || (editing && left <= 0 ? "The time to edit is over." : "");

  useAutoHeight(field, text);
  useLayoutEffect(() => {
    if (editing || reply) field.current.focus();
  }, [editing?.id, reply?.id]);

  const stop = () => {
    discardDraft();
    cancel();
  };
  const save = async () => {
    saving.current = true;
    const saved = body === editing.body || (await saveEdit(editing, body));
    saving.current = false;
    if (saved) stop();
  };
  const send = async (event) => {
    event?.preventDefault();
    field.current?.focus(); // At once: a touch keyboard only opens, or stays, during the touch itself.
    announce(blocked ? "Couldn’t send." : "");
    if (blocked || !signedIn || saving.current) return;
    if (editing) await save();
    else {
      const [picture, ...others] = takePictures(stream);
      post(stream, body, { replyTo: reply?.id, picture });
      for (const other of others) post(stream, "", { picture: other });
      setText("");
      learnNewline();
      cancel();
    }
    field.current?.focus();
  };
  const change = (next) => {
    setText(next);
    announce("");
    if (next.trim() && !editing) sendTyping(stream);
  };
  const answer = (question) => {
    finishQuestion(stream, question);
    beginAnswer(field.current, question, change);
  };
  const insert = (emoji) => {
    const { selectionStart, selectionEnd } = field.current;
    replaceIn(field.current, selectionStart, selectionEnd, emoji, change);
  };
  const { Mentions } = useParts();
  control.current = { answer };
  const onKeyDown = (event) => onComposerKey(event, { text, stream, send, stop: (editing || reply) && stop, edit });
  return html`<form class="composer" onSubmit=${send}>
    ${hint || (!editing && !reply && html`<${QuestionChip} stream=${stream} answer=${answer} />`)}
    <${Context} context=${context} left=${left} cancel=${stop} />
    ${Mentions && html`<${Mentions} stream=${stream} label=${label} people=${people} field=${field} change=${change} />`}
    ${!editing && html`<${PictureTray} stream=${stream} moveFocus=${() => field.current?.focus()} />`}
    <div class="field-box composer-field">
      ${!editing && html`<${PictureButton} stream=${stream} moveFocus=${() => field.current?.focus()} />`}
      <textarea ref=${field} rows="1" data-testid="composer" aria-label=${`Message to ${label}`}
        placeholder="Write a message" value=${text} onInput=${(event) => change(event.target.value)}
        onKeyDown=${onKeyDown} aria-autocomplete="list"
        aria-describedby="composer-problem" aria-invalid=${Boolean(problem && !isEmpty)}
        enterkeyhint=${touch.matches ? "enter" : "send"} autocomplete="off"></textarea>
      <button type="button" class="icon-button" aria-label="Emoji" title="Emoji" aria-haspopup="dialog"
        onClick=${(event) => openEmoji(event.currentTarget, insert)}><${SmileIcon} /></button>
      <button class="send" type="submit" data-testid="send" aria-label=${editing ? "Save" : "Send"}
        aria-disabled=${Boolean(blocked)} aria-describedby="composer-problem">
        ${editing ? html`<${CheckIcon} />` : html`<${ArrowUpIcon} />`}
      </button>
    </div>
    <${Meter} cost=${cost} available=${available} problem=${blocked} empty=${isEmpty} free=${isPrivate(stream)} editing=${Boolean(editing)}
      hint=${body && !blocked && newline} />
    <span class="visually-hidden" role="status">${announcement}</span>
  </form>`;
}
