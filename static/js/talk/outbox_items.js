// The visible outbox of a stream: messages that are being sent, are waiting, or were refused.
import { html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { CircleAlertIcon, ClockIcon } from "../kit/icons.js";
import { FormattedText } from "../kit/text.js";
import { dropItem, isUnsent, lacksPicture, outbox, retryItem } from "./outbox.js";
import { outboxPictures, pictureOf, releasePicture } from "./outbox_pictures.js";
import { returnPicture } from "./chosen_pictures.js";
import { summary } from "./message_picture.js";
import { streamOf } from "./message_store.js";

function statusOf(item, online) {
  if (item.state === "refused") return `Couldn’t send. ${item.error}`;
  if (lacksPicture(item)) return "Waiting for its picture, in another tab";
  if (!online) return "Waiting for connection";
  return item.state === "sending" ? "Sending …" : "Queued";
}

function Picture({ cid }) {
  const picture = useStore(outboxPictures, (state) => state[cid]);
  if (!picture) return null;
  const { url, progress } = picture;
  return html`<div class="unsent-picture"><img src=${url} alt="Your picture" />
    ${progress !== null && html`<progress max="1" value=${progress} aria-label="Sending your picture"></progress>`}</div>`;
}

function Item({ item, takeBack, moveFocus }) {
  const online = useStore(connection, isOnline);
  const refused = item.state === "refused";
  const uploading = isUnsent(item) && item.state === "sending";
  const edit = () => {
    if (pictureOf(item.cid)) returnPicture(item.stream, releasePicture(item.cid));
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
      ${item.picture && html`<${Picture} cid=${item.cid} />`}
      ${item.body && html`<p class="body"><${FormattedText} text=${item.body} /></p>`}
      <p class="item-status" role=${refused ? "alert" : null}>${statusOf(item, online)}
        ${refused && !lacksPicture(item) && html`<button type="button" onClick=${() => retryItem(item.cid)}>Send again</button>`}
        ${uploading && html`<button type="button" onClick=${discard}>Cancel</button>`}
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
