// Reactions to a message: adding and removing one, and those that are there.
import { html } from "../kit/ui.js";
import { ask } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { toastError } from "../kit/toast.js";
import { bareEmoji } from "../kit/text.js";
import { namesOf } from "../kit/member_names.js";
import { SmilePlusIcon } from "../kit/icons.js";
import { applyChange } from "./message_store.js";

/** Whether the member has reacted with an emoji, however it is spelled. */
export const hasReacted = ({ reactions }, emoji) =>
  Boolean(
    reactions
      ?.find((item) => bareEmoji(item.emoji) === bareEmoji(emoji))
      ?.userIds.includes(session.get().me?.id),
  );

/** Adds the member's reaction to a message, or removes it. */
export async function react(message, emoji) {
  try {
    const { reactions } = await ask("message:react", { id: message.id, emoji, on: !hasReacted(message, emoji) });
    applyChange({ stream: message.stream, id: message.id, reactions });
  } catch (error) {
    toastError(error);
  }
}

/** The reactions to a message; `add(message, button)` offers more of them. */
export function Reactions({ message, me, add }) {
  if (!message.reactions?.length) return null;
  return html`<div class="reactions">${message.reactions.map(({ emoji, count, userIds }) => {
    const names = namesOf(userIds, 8);
    return html`<button key=${emoji} type="button" aria-pressed=${userIds.includes(me)} title=${names}
      translate=${false} aria-label=${`${emoji} ${count}: ${names}`} onClick=${() => react(message, emoji)}>
      ${`${emoji} ${count}`}</button>`;
  })}<button key="add" type="button" class="add-reaction" aria-label="Add a reaction" title="Add a reaction"
    aria-haspopup="dialog" onClick=${(event) => add(message, event.currentTarget)}><${SmilePlusIcon} size=${16} /></button>
  </div>`;
}
