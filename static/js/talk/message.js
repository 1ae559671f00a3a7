// One message of a timeline: author, time, body, reactions, and how close it is to its expiry.
import { Avatar, Badges, html, memo } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask } from "../kit/socket.js";
import { applyChange } from "./message_store.js";
import { session } from "../kit/session.js";
import { toastError } from "../kit/toast.js";
import { namesOf } from "../kit/member_names.js";
import { ClockIcon, EllipsisIcon, ReplyIcon } from "../kit/icons.js";
import { FormattedText, excerpt, isEmojiOnly } from "../kit/text.js";
import { clock, fading, full, tick } from "../kit/time.js";

/** Adds the member's reaction to a message, or removes it. */
export async function react(message, emoji) {
  const mine = message.reactions.find((item) => item.emoji === emoji)?.userIds.includes(session.get().me.id);
  try {
    const { reactions } = await ask("message:react", { id: message.id, emoji, on: !mine });
    applyChange({ stream: message.stream, id: message.id, reactions });
  } catch (error) {
    toastError(error);
  }
}

function Reactions({ message, me }) {
  if (!message.reactions?.length) return null;
  return html`<div class="reactions">${message.reactions.map(({ emoji, count, userIds }) => {
    const names = namesOf(userIds, 8);
    return html`<button key=${emoji} type="button" aria-pressed=${userIds.includes(me)} title=${names}
      aria-label=${`${emoji} ${count}: ${names}`} onClick=${() => react(message, emoji)}><span>
        ${emoji}</span> ${count}</button>`;
  })}</div>`;
}

function Quote({ quoted, show }) {
  if (!quoted) return html`<p class="quote gone"><${ReplyIcon} size=${14} />Reply to a message that has expired</p>`;
  return html`<button type="button" class="quote" onClick=${() => show(quoted.id)}>
    <${ReplyIcon} size=${14} /><b>${quoted.from.username}</b> <span>
      ${quoted.deleted ? "deleted" : excerpt(quoted.body, 70)}</span>
  </button>`;
}

function Head({ message, own }) {
  return html`<header class="message-head">
    <b class=${own ? "own" : ""}>${message.from.username}</b><${Badges} member=${message.from} />
    ${message.official && html`<span class="badge official">Official</span>`}
    <time dateTime=${message.createdAt} title=${full(message.createdAt)}>${clock(message.createdAt)}</time>
  </header>`;
}

function Marks({ message, left }) {
  return html`${message.editedAt && html`<span class="mark" title=${`Edited ${full(message.editedAt)}`}>edited</span>`}
    ${left && html`<span class="mark left" aria-live="off"><${ClockIcon} size=${12} />${left}</span>`}`;
}

const touch = matchMedia("(pointer: coarse)");

/** On a touch screen a tap on a message opens its menu, except on a link or button, or while selecting text. */
function onTap(event, message, openMenu) {
  if (!touch.matches || message.deleted || event.target.closest("a, button") || !getSelection().isCollapsed) return;
  openMenu(message, event.currentTarget.querySelector(".more"));
}

/**
 * A row. `follows` when it continues the message before it, by the same author; `show(id)` scrolls to another message,
 * `openMenu(message, button)` opens the menu of this one.
 */
export const Message = memo(({ message, follows, own, me, quoted, show, openMenu, highlighted }) => {
  useStore(tick);
  const { fade, left } = fading(message.expiresAt);
  const states = { follows, own, highlighted, deleted: message.deleted };
  const classes = ["message", ...Object.keys(states).filter((name) => states[name])];
  return html`<article class=${classes.join(" ")} data-testid="message" data-id=${message.id}
    data-seq=${message.seq} style=${{ "--fade": `${Math.round(fade * 100)}%` }}
    onClick=${(event) => onTap(event, message, openMenu)}
    aria-label=${follows ? `${message.from.username}, ${clock(message.createdAt)}` : null}>
    <div class="gutter">${
      follows
        ? html`<time dateTime=${message.createdAt} title=${full(message.createdAt)}>${clock(message.createdAt)}</time>`
        : html`<${Avatar} member=${message.from} />`
    }</div>
    <div class="message-content">
      ${!follows && html`<${Head} message=${message} own=${own} />`}
      ${message.replyTo && !message.deleted && html`<${Quote} quoted=${quoted} show=${show} />`}
      ${
        message.deleted
          ? html`<p class="body">This message was deleted.</p>`
          : html`<p class=${isEmojiOnly(message.body) ? "body emoji" : "body"}><${FormattedText} text=${message.body} />
            <${Marks} message=${message} left=${left} /></p>`
      }
      <${Reactions} message=${message} me=${me} />
    </div>
    ${
      !message.deleted &&
      html`<button type="button" class="more" data-testid="message-menu"
        aria-label=${`Actions for the message of ${message.from.username}`}
        aria-haspopup="menu" onClick=${(event) => openMenu(message, event.currentTarget)}><${EllipsisIcon} /></button>`
    }
  </article>`;
});
