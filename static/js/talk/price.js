// What a text costs, and why it cannot be sent.
import { amount, count, html, overLimit } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { isVisible, lengthOf } from "../kit/text.js";
import { outbox, reservedTokens } from "./outbox.js";

/** A balance below this, or below so many messages like this one, is shown beside the cost. */
const LOW = 500;
const LOW_MESSAGES = 10;

const COUNTING = "Each character costs 1 token. Some emoji and accents count as more.";

/** Why a text cannot be sent; empty when it can. `paid` is the number of characters that are paid for already. */
function problemOf(text, { limits, balance }, paid = 0) {
  const length = lengthOf(text);
  const cost = Math.max(0, length - paid);
  if (!length) return "Write something first.";
  if (!isVisible(text)) return "Write something that can be seen.";
  const over = overLimit(length, limits.body);
  if (over) return over;
  if (cost > balance) return `This costs ${count(cost, "token")} and you have ${amount(Math.max(0, balance))}.`;
  return "";
}

/** What the text costs (`cost`, with what is `available`), and the `problem` that stands in the way of sending it. */
export function usePrice(body, editing) {
  const { limits, balance } = useStore(session);
  const online = useStore(connection, isOnline);
  useStore(outbox); // Waiting messages reserve tokens.
  const paid = editing ? lengthOf(editing.body) : 0;
  const available = balance - reservedTokens();
  const problem =
    editing && !online
      ? "You can save this edit once you’re back online."
      : problemOf(body, { limits, balance: available }, paid);
  return { cost: Math.max(0, lengthOf(body) - paid), available, problem };
}

/** The line below the field: the cost from the first letter on, the problem, and the balance when it is low. */
export function Meter({ cost, available, problem, empty, editing, hint }) {
  const low = !empty && available < Math.max(LOW, LOW_MESSAGES * cost);
  const tokens = `${editing ? "+" : ""}${count(cost, "token")}`;
  return html`<div class="meter">
    <span class="cost" hidden=${empty} data-testid="cost" data-value=${cost} title=${COUNTING}>${tokens}</span>
    <span class="problem" hidden=${empty} id="composer-problem">${problem}</span>
    ${hint}
    <span class="balance" hidden=${!low}><span data-testid="balance" data-value=${available}>${amount(available)}</span>
      ${" left"}</span>
  </div>`;
}
