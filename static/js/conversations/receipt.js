// How far an own message of a direct conversation has come: sent, delivered or read.
import { html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { CheckIcon } from "../kit/icons.js";
import { clock, full } from "../kit/time.js";
import { streamOf } from "../talk/message_store.js";
import { CheckCheckIcon, EyeIcon } from "./conversation_icons.js";
import { conversations } from "./known_conversations.js";

const STATES = {
  sent: { icon: CheckIcon, text: "Sent" },
  delivered: { icon: CheckCheckIcon, text: "Delivered" },
  read: { icon: EyeIcon, text: "Read" },
};

/** `sent`, `delivered` or `read`, by the seqs up to which the other one has received and read. */
function stateOf(seq, { delivered = 0, read = 0 }) {
  if (seq <= read) return "read";
  return seq <= delivered ? "delivered" : "sent";
}

const newestOf = ({ messages }) => messages.findLast(({ deleted }) => !deleted)?.seq ?? 0;

/** How far it has come, as an icon and a word, which is to be seen at the newest message only. */
function State({ state, isNewest }) {
  const { icon: Icon, text } = STATES[state];
  return html`<${Icon} size=${14} /><span class=${isNewest ? "" : "visually-hidden"}>${text}</span>`;
}

/** What stands behind an own message: its time, and in an open direct conversation how far it has come. */
export function Receipt({ message: { stream, seq, createdAt } }) {
  const state = useStore(conversations, ({ items }) => {
    const item = items[stream];
    return item?.peer && item.open ? stateOf(seq, item.receipt ?? {}) : null;
  });
  const isNewest = useStore(streamOf(stream), (value) => newestOf(value) === seq);
  return html`<span class=${`mark receipt ${state ?? ""}`} aria-live="off" data-testid="receipt" data-state=${state}>
    <time dateTime=${createdAt} title=${full(createdAt)}>${clock(createdAt)}</time>${
      state && html`<${State} state=${state} isNewest=${isNewest} />`
    }</span>`;
}
