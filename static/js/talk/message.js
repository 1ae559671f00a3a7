// One message in a room: who, when, the words, what was added to them, and how much of their time is left.
import { Face, html, memo } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask } from "../kit/socket.js";
import { change } from "./message_store.js";
import { session } from "../kit/session.js";
import { toastError } from "../kit/toast.js";
import { namesOf } from "../kit/member_names.js";
import { BadgeCheckIcon, ClockIcon, EllipsisIcon, ReplyIcon } from "../kit/icons.js";
import { Words, excerpt, onlyEmoji } from "../kit/text.js";
import { clock, fading, full, tick } from "../kit/time.js";

/** Puts the member's emoji under a message, or takes it back. */
export async function react(message, emoji) {
  const mine = message.reactions.find((item) => item.emoji === emoji)?.userIds.includes(session.get().me.id);
  try {
    const { reactions } = await ask("message:react", { id: message.id, emoji, on: !mine });
    change({ stream: message.stream, id: message.id, reactions });
  } catch (error) {
    toastError(error);
  }
}

/** What stands beside a name: the tick and the badges. */
export function Marks({ who }) {
  return html`${who.tick && html`<span class="tick" title="Premium member"><${BadgeCheckIcon} size=${16} /><span
    class="out-of-sight">Premium member</span></span>`}
    ${who.badges?.map((badge) => html`<span key=${badge} class="badge">${badge}</span>`)}`;
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
  if (!quoted) return html`<p class="quote gone"><${ReplyIcon} size=${14} />An answer to words that are gone</p>`;
  return html`<button type="button" class="quote" onClick=${() => show(quoted.id)}>
    <${ReplyIcon} size=${14} /><b>${quoted.from.username}</b> <span>
      ${quoted.deleted ? "deleted" : excerpt(quoted.body, 70)}</span>
  </button>`;
}

function Head({ message, own }) {
  return html`<header class="said-by">
    <b class=${own ? "own" : ""}>${message.from.username}</b><${Marks} who=${message.from} />
    ${message.official && html`<span class="badge official">Official</span>`}
    <time dateTime=${message.createdAt} title=${full(message.createdAt)}>${clock(message.createdAt)}</time>
  </header>`;
}

function After({ message, left }) {
  return html`${message.editedAt && html`<span class="mark" title=${`Edited ${full(message.editedAt)}`}>edited</span>`}
    ${left && html`<span class="mark left" aria-live="off"><${ClockIcon} size=${12} />${left}</span>`}`;
}

const touch = matchMedia("(pointer: coarse)");

/** On a touch screen the whole message opens its menu, except where something else is pressed or words are selected. */
function touched(event, message, open) {
  if (!touch.matches || message.deleted || event.target.closest("a, button") || !getSelection().isCollapsed) return;
  open(message, event.currentTarget.querySelector(".more"));
}

/**
 * A row. `follows` when the one before is by the same member; `show(id)` goes to another row, `open(message, button)`
 * opens its menu.
 */
export const Message = memo(({ message, follows, own, me, quoted, show, open, marked }) => {
  useStore(tick);
  const { fade, left } = fading(message.expiresAt);
  const classes = ["message", follows && "follows", own && "own", marked && "marked", message.deleted && "deleted"];
  return html`<article class=${classes.filter(Boolean).join(" ")} data-testid="message" data-id=${message.id}
    data-seq=${message.seq} style=${{ "--fade": `${Math.round(fade * 100)}%` }}
    onClick=${(event) => touched(event, message, open)}
    aria-label=${follows ? `${message.from.username}, ${clock(message.createdAt)}` : null}>
    <div class="gutter">${
      follows
        ? html`<time dateTime=${message.createdAt} title=${full(message.createdAt)}>${clock(message.createdAt)}</time>`
        : html`<${Face} who=${message.from} />`
    }</div>
    <div class="said">
      ${!follows && html`<${Head} message=${message} own=${own} />`}
      ${message.replyTo && !message.deleted && html`<${Quote} quoted=${quoted} show=${show} />`}
      ${
        message.deleted
          ? html`<p class="body">This message was deleted.</p>`
          : html`<p class=${onlyEmoji(message.body) ? "body emoji" : "body"}><${Words} text=${message.body} />
            <${After} message=${message} left=${left} /></p>`
      }
      <${Reactions} message=${message} me=${me} />
    </div>
    ${
      !message.deleted &&
      html`<button type="button" class="more" data-testid="message-menu"
        aria-label=${`Actions for the message of ${message.from.username}`}
        aria-haspopup="menu"
      onClick=${(event) => open(message, event.currentTarget)}><${EllipsisIcon} /></button>`
    }
  </article>`;
});
