// What a text costs, and why it cannot be sent.
import { amount, count, html, overLimit } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { isVisible, lengthOf } from "../kit/text.js";
import { LockIcon } from "../kit/icons.js";
import { isPrivate } from "../kit/stream_names.js";
import { outbox, reservedTokens } from "./outbox.js";

/** A balance below this, or below so many messages like this one, is shown beside the cost. */
const LOW = 500;
const LOW_MESSAGES = 10;

const COUNTING = "Each character costs 1 token. Some emoji and accents count as more.";

/** Why a text cannot be sent; empty when it can. */
function problemOf(text, { limits, balance }, cost) {
  const length = lengthOf(text);
  if (!length) return "Write something first.";
  if (!isVisible(text)) return "Write something that can be seen.";
  const over = overLimit(length, limits.body);
  if (over) return over;
  if (cost > balance) return `This costs ${count(cost, "token")} and you have ${amount(Math.max(0, balance))}.`;
  return "";
}

/** What a text costs in a stream: only rooms take tokens, and an edit costs what it adds. */
function costOf(stream, body, editing) {
  if (isPrivate(stream)) return 0;
  return Math.max(0, lengthOf(body) - (editing ? lengthOf(editing.body) : 0));
}

/**
 * What the text costs (`cost`, with what is `available`), and the `problem` that stands in the way of sending it. With
 * `pictures` there need not be a text.
 */
export function usePrice(stream, body, { editing, pictures }) {
  const { limits, balance } = useStore(session);
  const online = useStore(connection, isOnline);
  useStore(outbox); // Waiting messages reserve tokens.
  const available = balance - reservedTokens();
  const cost = costOf(stream, body, editing);
  if (editing && !online) return { cost, available, problem: "You can save this edit once you’re back online." };
  const problem = !body && pictures ? "" : problemOf(body, { limits, balance: available }, cost);
  return { cost, available, problem };
}

/** What stands in the line below the field where nothing is paid: that the words stay. */
const Kept = () => html`<span class="kept"><${LockIcon} size=${12} />Private, and kept until you delete it</span>`;

/**
 * The line below the field: the cost from the first letter on, the problem, and the balance when it is low; `free` where
 * nothing is paid.
 */
export function Meter({ cost, available, problem, empty, editing, hint, free }) {
  const low = !empty && available < Math.max(LOW, LOW_MESSAGES * cost);
  const tokens = `${editing ? "+" : ""}${count(cost, "token")}`;
  return html`<div class="meter">
    ${
      free
        ? (empty || !problem) && html`<${Kept} />`
        : html`<span class="cost" hidden=${empty} data-testid="cost" data-value=${cost} title=${COUNTING}>${tokens}</span>`
    }
    <span class="problem" hidden=${empty} id="composer-problem">${problem}</span>
    ${hint}
    ${
      !free &&
      html`<span class="balance" hidden=${!low}><span data-testid="balance" data-value=${available}>${amount(available)}</span>
        ${" left"}</span>`
    }
  </div>`;
}
