// The composer: what one writes, what it costs, and why it cannot be sent when it cannot.
import { amount, count, html, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { askOnce, connection } from "../kit/socket.js";
import { outbox, post, reserved } from "./outbox.js";
import { session, setBalance } from "../kit/session.js";
import { signWriting } from "./live_messages.js";
import { change, streamOf } from "./message_store.js";
import { read, write } from "../kit/local_storage.js";
import { toastError } from "../kit/toast.js";
import { now } from "../kit/time.js";
import { excerpt, lengthOf } from "../kit/text.js";
import { ArrowUpIcon, CheckIcon, XIcon } from "../kit/icons.js";

const touch = matchMedia("(pointer: coarse)");

/** Whether the member may still edit a message. */
export const editable = (message, { me, limits }) =>
  message.from.id === me?.id && !message.deleted && now() - Date.parse(message.createdAt) < limits.editSeconds * 1000;

/** Why the text cannot go; empty when it can. `paid` are the characters that have been paid for already. */
function obstacle(text, { limits, balance }, paid = 0) {
  const length = lengthOf(text);
  const cost = Math.max(0, length - paid);
  if (!length) return "Write something first.";
  if (length > limits.body)
    return `${count(length - limits.body, "character")} too many; ${amount(limits.body)} is the most.`;
  if (cost > balance) return `This costs ${count(cost, "token")} and you have ${amount(Math.max(0, balance))}.`;
  return "";
}

/** What is typed, kept under a key of its own for each edit: looking elsewhere loses none. */
function useDraft(stream, editing) {
  const me = useStore(session, (state) => state.me?.id);
  const key = me && `konektor.draft.${me}.${stream}${editing ? `.edit.${editing.id}` : ""}`;
  const [text, setText] = useState(() => (key && read(key)) ?? "");
  const edited = useRef(false);
  // Before the next key is pressed: after the next frame, what is typed meanwhile would mix with the words to edit.
  useLayoutEffect(() => {
    if (editing) setText(read(key) ?? editing.body);
    else if (key) setText((typed) => read(key) ?? (edited.current ? "" : typed));
    edited.current = Boolean(editing);
  }, [key]);
  const keep = (next) => {
    setText(next);
    if (key) write(key, next);
  };
  return [text, keep, () => editing && write(key, null)];
}

function Banner({ about, cancel }) {
  const { editing, reply } = about;
  if (!editing && !reply) return null;
  return html`<div class="about-bar">
    <span>${editing ? "Editing your message" : html`Answering <b>
      ${reply.from.username}</b>: ${excerpt(reply.body, 60)}`}</span>
    <button type="button" class="icon-button" aria-label=${editing ? "Stop editing" : "Do not answer"}
      onClick=${cancel}><${XIcon} size=${18} /></button>
  </div>`;
}

function Meter({ cost, balance, why, empty }) {
  return html`<div class="meter">
    <span class=${cost ? "cost" : "cost none"} data-testid="cost" data-value=${cost}><b>
      ${amount(cost)}</b> ${cost === 1 ? "token" : "tokens"}</span>
    <span class=${empty ? "out-of-sight" : "why"} id="composer-why">${why}</span>
    <span class="balance"><b data-testid="balance" data-value=${balance}>${amount(balance)}</b> left</span>
  </div>`;
}

/** Makes the field as high as its words, also when the window gets narrower. */
function useFitting(field, text) {
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
    change({ stream: message.stream, id: message.id, body, editedAt: answer.message.editedAt });
    setBalance(answer.balance);
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}

/** The composer. `about` is `{reply, editing}`, messages or null; `cancel` ends either; `edit(message)` begins one. */
export function Composer({ stream, label, about, cancel, edit, field }) {
  const [text, keep, forget] = useDraft(stream, about.editing);
  const [refusal, refuse] = useState("");
  const { me, limits, balance } = useStore(session);
  const online = useStore(connection, (state) => state.state === "online");
  useStore(outbox);
  const busy = useRef(false);
  const body = text.trim();
  const paid = about.editing ? lengthOf(about.editing.body) : 0;
  const available = balance - reserved();
  const cost = Math.max(0, lengthOf(body) - paid);
  const why =
    about.editing && !online
      ? "An edit needs the connection; wait for it to come back."
      : obstacle(body, { limits, balance: available }, paid);

  useFitting(field, text);
  useLayoutEffect(() => {
    if (about.editing || about.reply) field.current.focus();
  }, [about.editing?.id, about.reply?.id]);

  const stop = () => {
    forget();
    cancel();
  };
  const send = async (event) => {
    event?.preventDefault();
    refuse(why ? "Not sent." : "");
    if (why || !me || busy.current) return;
    if (about.editing) {
      busy.current = true;
      const done = body === about.editing.body || (await saveEdit(about.editing, body));
      busy.current = false;
      if (done) stop();
    } else {
      post(stream, body, about.reply?.id);
      keep("");
      cancel();
    }
    field.current?.focus();
  };
  const lastOwn = () =>
    streamOf(stream)
      .get()
      .messages.findLast((message) => editable(message, session.get()));
  const keys = (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !touch.matches) send(event);
    else if (event.key === "Escape") stop();
    else if (event.key === "ArrowUp" && !text && lastOwn()) {
      event.preventDefault();
      edit(lastOwn());
    }
  };
  const type = (event) => {
    keep(event.target.value);
    refuse("");
    if (event.target.value.trim() && !about.editing) signWriting(stream);
  };
  return html`<form class="composer" onSubmit=${send}>
    <${Banner} about=${about} cancel=${stop} />
    <div class="write">
      <textarea ref=${field} rows="1" data-testid="composer" aria-label=${`Message to ${label}`}
        placeholder="Say something" value=${text}
        onInput=${type} onKeyDown=${keys} aria-describedby="composer-why" aria-invalid=${Boolean(why && body)}
          enterkeyhint=${touch.matches ? "enter" : "send"} autocomplete="off"></textarea>
      <button class="send" type="submit" data-testid="send" aria-label=${about.editing ? "Save" : "Send"}
        aria-disabled=${Boolean(why)} aria-describedby="composer-why">
        ${about.editing ? html`<${CheckIcon} />` : html`<${ArrowUpIcon} />`}
      </button>
    </div>
    <${Meter} cost=${cost} balance=${balance} why=${why} empty=${!body} />
    <span class="out-of-sight" role="status">${refusal}</span>
  </form>`;
}
