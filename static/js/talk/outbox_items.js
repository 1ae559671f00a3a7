// The visible outbox of a room: messages on their way, waiting, or refused.
import { html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection } from "../kit/socket.js";
import { drop, outbox, retry, unsent } from "./outbox.js";
import { CircleAlertIcon, ClockIcon } from "../kit/icons.js";
import { streamOf } from "./message_store.js";
import { Words, excerpt } from "../kit/text.js";

function word(item, online) {
  if (item.state === "refused") return item.error;
  if (!online) return "Waits for the connection";
  return item.state === "sending" ? "Sending …" : "Waits its turn";
}

function Item({ item, edit, away }) {
  const online = useStore(connection, (value) => value.state === "online");
  const refused = item.state === "refused";
  const take = () => {
    drop(item.cid);
    edit(item);
  };
  const discard = () => {
    drop(item.cid);
    away();
  };
  const answered = item.replyTo && streamOf(item.stream).get().messages.find(({ id }) => id === item.replyTo);
  return html`<article class=${refused ? "message unsent refused" : "message unsent"} data-testid="outbox-item"
    data-state=${item.state} data-cid=${item.cid}>
    <div class="gutter"><${refused ? CircleAlertIcon : ClockIcon} size=${18} /></div>
    <div class="said">
      ${
        answered &&
        html`<p class="quote"><span>Answer to ${answered.from.username}: <bdi>${excerpt(answered.body, 60)}</bdi></span></p>`
      }
      <p class="body"><${Words} text=${item.body} /></p>
      <p class="fate" role=${refused ? "alert" : null}>${word(item, online)}
        ${refused && html`<button type="button" onClick=${() => retry(item.cid)}>Send again</button>`}
        ${unsent(item) && (refused || !online) && html`<button type="button" onClick=${take}>Edit</button><button
          type="button" onClick=${discard}>Discard</button>`}
      </p>
    </div>
  </article>`;
}

/** The unsent messages of a stream, in their order; `edit(item)` takes one back, `away` moves the focus. */
export function Unsent({ stream, edit, away }) {
  const items = useStore(outbox, (state) => state.items);
  return items
    .filter((item) => item.stream === stream)
    .map((item) => html`<${Item} key=${item.cid} item=${item} edit=${edit} away=${away} />`);
}
