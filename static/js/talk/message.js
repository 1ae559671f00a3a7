// One message of a timeline: author, time, body, reactions, and how close it is to its expiry.
import { Avatar, Badges, html, memo, useState } from "../kit/ui.js";
import { useMember } from "../kit/profiles.js";
import { useStore } from "../kit/store.js";
import { AtSignIcon, ClockIcon, ReplyIcon } from "../kit/icons.js";
import { clock, fading, full, shortClock, tick } from "../kit/time.js";
import { ProfileLink } from "../people/open_profile.js";
import { MessageBody, isMentioned } from "./message_body.js";
import { MessagePicture, summary } from "./message_picture.js";
import { MessageToolbar, onTap, useLongPress } from "./message_controls.js";
import { Reactions } from "./reactions.js";

function Quote({ quoted, expiring, show }) {
  const from = useMember(quoted?.from);
  const other = expiring ? "a message that has expired" : "an earlier message";
  if (!quoted) return html`<p class="quote gone"><${ReplyIcon} size=${14} />Reply to ${other}</p>`;
  return html`<button type="button" class="quote" onClick=${() => show(quoted.id)}>
    <${ReplyIcon} size=${14} /><b translate=${false}>${from.username}</b> <span>
      ${quoted.deleted ? "deleted" : summary(quoted, 70)}</span>
  </button>`;
}

function Head({ message, from, own }) {
  return html`<header class="message-head">
    <${ProfileLink} member=${from} class="name-link"><b class=${own ? "own" : ""}
      translate=${false}>${from.username}</b><//><${Badges} member=${from} />
    ${message.official && html`<span class="badge official">Official</span>`}
    <time dateTime=${message.createdAt} title=${full(message.createdAt)}>${clock(message.createdAt)}</time>
  </header>`;
}

function Marks({ message, left, mentioned }) {
  return html`${mentioned && html`<span class="mark mentioned"><${AtSignIcon} size=${12} />mentions you</span>`}
    ${message.editedAt && html`<span class="mark" title=${`Edited ${full(message.editedAt)}`}>edited</span>`}
    ${left && html`<span class="mark left" aria-live="off"><${ClockIcon} size=${12} />${left}</span>`}`;
}

/** The time of a message that continues another one; without AM or PM, which its first message has. */
function GutterTime({ stamp }) {
  return html`<time dateTime=${stamp} title=${full(stamp)}>${shortClock(stamp)}</time>`;
}

/**
 * A row. `follows` when it continues the message before it, by the same author; `show(id)` scrolls to another message;
 * `on` has what its controls call: `menu(message, button)`, `reply(message)`, `emoji(message, button)`, `fold(row)`,
 * `picture(message)`; `Receipt` draws how far an own message has come.
 */
export const Message = memo(({ message, follows, own, me, quoted, show, on, highlighted, Receipt }) => {
  useStore(tick);
  const [wanted, setWanted] = useState(false); // The shortcuts of hundreds of messages are drawn once they are wanted.
  const press = useLongPress((row) => !message.deleted && on.menu(message, row.querySelector(".more")));
  const from = useMember(message.from);
  const { fade, left } = fading(message.expiresAt);
  const mentioned = !own && !message.deleted && isMentioned(message.body);
  const states = { follows, own, mentioned, highlighted, deleted: message.deleted };
  const classes = ["message", ...Object.keys(states).filter((name) => states[name])];
  const want = () => setWanted(true);
  return html`<article class=${classes.join(" ")} data-testid="message" data-id=${message.id}
    data-seq=${message.seq} style=${{ "--fade": `${Math.round(fade * 100)}%` }}
    onPointerEnter=${want} onfocusin=${want} onClick=${onTap} ...${press}
    aria-label=${follows ? `${from.username}, ${clock(message.createdAt)}` : null}>
    <div class="gutter">${
      follows
        ? html`<${GutterTime} stamp=${message.createdAt} />`
        : html`<${ProfileLink} member=${from} face=${true} class="face-link"><${Avatar} member=${from} /><//>`
    }</div>
    <div class="message-content">
      ${!follows && html`<${Head} message=${message} from=${from} own=${own} />`}
      ${message.replyTo && !message.deleted && html`<${Quote} quoted=${quoted} expiring=${Boolean(message.expiresAt)} show=${show} />`}
      ${
        message.deleted
          ? html`<p class="body">This message was deleted.</p>`
          : html`${message.media && html`<${MessagePicture} media=${message.media} from=${from} view=${() => on.picture(message)} />`}
            <${MessageBody} text=${message.body} fold=${on.fold}><${Marks} message=${message} left=${left}
            mentioned=${mentioned} />${own && Receipt && html`<${Receipt} message=${message} />`}<//>`
      }
      <${Reactions} message=${message} me=${me} add=${on.emoji} />
    </div>
    ${!message.deleted && html`<${MessageToolbar} message=${message} wanted=${wanted} on=${on} />`}
  </article>`;
});
