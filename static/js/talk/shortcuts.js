// What can be done with a message at once: three reactions and a reply; and how long it can still be read.
import { html } from "../kit/ui.js";
import { REACTIONS } from "../kit/menu.js";
import { ReplyIcon } from "../kit/icons.js";
import { useStore } from "../kit/store.js";
import { goneIn, tick } from "../kit/time.js";
import { hasReacted, react } from "./reactions.js";

const QUICK = REACTIONS.slice(0, 3);

/** The shortcuts in the toolbar of a message. */
export function Shortcuts({ message, on }) {
  const gone = useStore(tick, () => goneIn(message.expiresAt));
  return html`${gone && html`<span class="gone-in">${gone}</span>`}
    ${QUICK.map(
      (emoji) => html`<button key=${emoji} type="button" tabindex="-1" aria-pressed=${hasReacted(message, emoji)}
        aria-label=${`React with ${emoji}`} onClick=${() => react(message, emoji)}>${emoji}</button>`,
    )}
    ${
      on.reply &&
      html`<button type="button" tabindex="-1" aria-label=${`Reply to ${message.from.username}`} title="Reply"
        onClick=${() => on.reply(message)}><${ReplyIcon} size=${18} /></button>`
    }`;
}
