// The composer: the text field of a stream with its draft, its cost, and the reason when it cannot be sent.
import { amount, count, html, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { askOnce, connection, isOnline } from "../kit/socket.js";
import { outbox, post, reservedTokens } from "./outbox.js";
import { session, setBalance } from "../kit/session.js";
import { sendTyping } from "./live_messages.js";
import { applyChange, streamOf } from "./message_store.js";
import { useDraft } from "./drafts.js";
import { toastError } from "../kit/toast.js";
import { now } from "../kit/time.js";
import { excerpt, lengthOf } from "../kit/text.js";
import { isComposing } from "../kit/keys.js";
import { ArrowUpIcon, CheckIcon, XIcon } from "../kit/icons.js";

const touch = matchMedia("(pointer: coarse)");

/** Whether the member may still edit a message. */
export const isEditable = (message, { me, limits }) =>
  message.from.id === me?.id && !message.deleted && now() - Date.parse(message.createdAt) < limits.editSeconds * 1000;

/** Why a text cannot be sent; empty when it can. `paid` is the number of characters that are paid for already. */
function problemOf(text, { limits, balance }, paid = 0) {
  const length = lengthOf(text);
  const cost = Math.max(0, length - paid);
  if (!length) return "Write something first.";
  if (length > limits.body)
    return `${count(length - limits.body, "character")} too many; ${amount(limits.body)} is the most.`;
  if (cost > balance) return `This costs ${count(cost, "token")} and you have ${amount(Math.max(0, balance))}.`;
  return "";
}

/** What the composer refers to: the message that is edited or answered. */
function Context({ context, cancel }) {
  const { editing, reply } = context;
  if (!editing && !reply) return null;
  return html`<div class="composer-context">
    <span>${editing ? "Editing your message" : html`Answering <b>
      ${reply.from.username}</b>: ${excerpt(reply.body, 60)}`}</span>
    <button type="button" class="icon-button" aria-label=${editing ? "Stop editing" : "Do not answer"}
      onClick=${cancel}><${XIcon} size=${18} /></button>
  </div>`;
}

function Meter({ cost, balance, problem, empty }) {
  return html`<div class="meter">
    <span class=${cost ? "cost" : "cost none"} data-testid="cost" data-value=${cost}><b>
      ${amount(cost)}</b> ${cost === 1 ? "token" : "tokens"}</span>
    <span class=${empty ? "visually-hidden" : "problem"} id="composer-problem">${problem}</span>
    <span class="balance"><b data-testid="balance" data-value=${balance}>${amount(balance)}</b> left</span>
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

async function saveEdit(message, body) {
  try {
    const answer = await askOnce("message:edit", { id: message.id, body });
    applyChange({ stream: message.stream, id: message.id, body, editedAt: answer.message.editedAt });
    setBalance(answer.balance);
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}

/** What the text costs, and what stands in the way of sending it. */
function usePrice(body, editing) {
  const { limits, balance } = useStore(session);
  const online = useStore(connection, isOnline);
  useStore(outbox); // Waiting messages reserve tokens.
  const paid = editing ? lengthOf(editing.body) : 0;
  const available = balance - reservedTokens();
  const problem =
    editing && !online
      ? "An edit needs the connection; wait for it to come back."
      : problemOf(body, { limits, balance: available }, paid);
  return { cost: Math.max(0, lengthOf(body) - paid), available, problem };
}

/** Enter sends, Escape leaves the edit or the answer, ArrowUp in an empty field edits the last own message. */
function onComposerKey(event, { text, stream, send, stop, edit }) {
  if (isComposing(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !touch.matches) send(event);
  else if (event.key === "Escape") stop();
  else if (event.key === "ArrowUp" && !text) {
    const last = streamOf(stream)
      .get()
      .messages.findLast((message) => isEditable(message, session.get()));
    if (!last) return;
    event.preventDefault();
    edit(last);
  }
}

/**
 * The composer. `context` is `{reply, editing}`, each a message or null; `cancel()` leaves either, `edit(message)`
 * begins an edit, `field` is a ref for the text field.
 */
export function Composer({ stream, label, context, cancel, edit, field }) {
  const { editing, reply } = context;
  const [text, setText, discardDraft] = useDraft(stream, editing);
  const [announcement, announce] = useState("");
  const signedIn = useStore(session, ({ me }) => Boolean(me));
  const saving = useRef(false);
  const body = text.trim();
  const { cost, available, problem } = usePrice(body, editing);

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
    announce(problem ? "Not sent." : "");
    if (problem || !signedIn || saving.current) return;
    if (editing) await save();
    else {
      post(stream, body, reply?.id);
      setText("");
      cancel();
    }
    field.current?.focus();
  };
  const onInput = (event) => {
    setText(event.target.value);
    announce("");
    if (event.target.value.trim() && !editing) sendTyping(stream);
  };
  return html`<form class="composer" onSubmit=${send}>
    <${Context} context=${context} cancel=${stop} />
    <div class="composer-field">
      <textarea ref=${field} rows="1" data-testid="composer" aria-label=${`Message to ${label}`}
        placeholder="Say something" value=${text} onInput=${onInput}
        onKeyDown=${(event) => onComposerKey(event, { text, stream, send, stop, edit })}
        aria-describedby="composer-problem" aria-invalid=${Boolean(problem && body)}
        enterkeyhint=${touch.matches ? "enter" : "send"} autocomplete="off"></textarea>
      <button class="send" type="submit" data-testid="send" aria-label=${editing ? "Save" : "Send"}
        aria-disabled=${Boolean(problem)} aria-describedby="composer-problem">
        ${editing ? html`<${CheckIcon} />` : html`<${ArrowUpIcon} />`}
      </button>
    </div>
    <${Meter} cost=${cost} balance=${available} problem=${problem} empty=${!body} />
    <span class="visually-hidden" role="status">${announcement}</span>
  </form>`;
}
