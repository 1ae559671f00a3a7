// The visible outbox of a stream: messages that are being sent, are waiting, or were refused.
import { count, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { CircleAlertIcon, ClockIcon } from "../kit/icons.js";
import { FormattedText } from "../kit/text.js";
import { dropItem, isUnsent, outbox, retryItem } from "./outbox.js";
import { summary } from "./message_picture.js";
import { streamOf } from "./message_store.js";

function statusOf(item, online) {
  if (item.state === "refused") return `Couldn’t send. ${item.error}`;
  if (!online) return "Waiting for connection";
  return item.state === "sending" ? "Sending …" : "Queued";
}

function Item({ item, takeBack, moveFocus }) {
  const online = useStore(connection, isOnline);
  const refused = item.state === "refused";
  const edit = () => {
    dropItem(item.cid);
    takeBack(item);
  };
  const discard = () => {
    dropItem(item.cid);
    moveFocus();
  };
  const answered = item.replyTo && streamOf(item.stream).get().messages.find(({ id }) => id === item.replyTo);
  return html`<article class=${refused ? "message unsent refused" : "message unsent"} data-testid="outbox-item"
    data-state=${item.state} data-cid=${item.cid}>
    <div class="gutter"><${refused ? CircleAlertIcon : ClockIcon} size=${18} /></div>
    <div class="message-content">
      ${
        answered &&
        html`<p class="quote"><span>Reply to <b translate=${false}>${answered.from.username}</b>: <bdi>
          ${summary(answered, 60)}</bdi></span></p>`
      }
      <p class="body"><${FormattedText} text=${item.body} /></p>
      <p class="item-status" role=${refused ? "alert" : null}>${statusOf(item, online)}
        ${refused && html`<button type="button" onClick=${() => retryItem(item.cid)}>Send again</button>`}
        ${isUnsent(item) && (refused || !online) && html`<button type="button" onClick=${edit}>Edit</button><button
          type="button" onClick=${discard}>Discard</button>`}
      </p>
    </div>
  </article>`;
}

/** The outbox of a stream. `takeBack(item)` puts one into the composer, `moveFocus()` is called after a removal. */
export function OutboxItems({ stream, takeBack, moveFocus }) {
  const items = useStore(outbox, (state) => state.items);
  return items
    .filter((item) => item.stream === stream)
    .map((item) => html`<${Item} key=${item.cid} item=${item} takeBack=${takeBack} moveFocus=${moveFocus} />`);
}

/** How many messages of all streams are waiting, for the connection status. */
export function OutboxCount() {
  const waiting = useStore(outbox, (state) => state.items.filter((item) => item.state !== "refused").length);
  return waiting > 0 && ` ${count(waiting, "message")} will be sent when you reconnect.`;
}
