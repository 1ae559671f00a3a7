// What stands above a private conversation: its header, and before its first message what it is.
import { Badges, Title, count, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { useMember, knownMember } from "../kit/profiles.js";
import { addressOf } from "../kit/router.js";
import { tick } from "../kit/time.js";
import { ArrowLeftIcon, LockIcon, SettingsIcon } from "../kit/icons.js";
import { ProfileLink } from "../people/open_profile.js";
import { PresenceText } from "../people/person.js";
import { ConversationFace, nameOf, othersIn } from "./names.js";

function DirectHead({ item }) {
  const peer = useMember(item.peer);
  return html`<${ProfileLink} member=${peer} face=${true} class="face-link"><${ConversationFace} item=${item} /><//>
    <div class="talk-title"><${Title}><${ProfileLink} member=${peer} class="name-link" translate=${false}>${peer.username}<//><//>
      <${Badges} member=${peer} />
      ${item.open && html`<p class="soft small" data-testid="presence"><${PresenceText} member=${peer} /></p>`}</div>`;
}

/** "3 members · 2 online"; whose presence the reader does not see, counts as offline. */
function GroupPresence({ group }) {
  useStore(tick);
  const online = othersIn(group).filter((member) => ({ ...member, ...knownMember(member.id) }).online).length;
  return html`<p class="soft small">${count(group.members.length, "member")}${online > 0 && html`<span data-live> · ${online} online</span>`}</p>`;
}

function GroupHead({ item, openSettings }) {
  return html`<${ConversationFace} item=${item} />
    <div class="talk-title"><${Title} translate=${false}>${item.group.name}<//><${GroupPresence} group=${item.group} /></div>
    <button type="button" class="icon-button" aria-label="Group settings" title="Group settings" aria-haspopup="dialog"
      onClick=${openSettings}><${SettingsIcon} /></button>`;
}

/** The header; `openSettings()` opens those of a group. */
export function Head({ item, openSettings }) {
  return html`<header class="room-head talk-head">
    <a class="icon-button back" href=${addressOf("messages")} aria-label="Back to your messages"><${ArrowLeftIcon} /></a>
    ${item?.peer && html`<${DirectHead} item=${item} />`}
    ${item?.group && html`<${GroupHead} item=${item} openSettings=${openSettings} />`}
    ${!item && html`<div class="talk-title"><${Title}>Conversation<//></div>`}
  </header>`;
}

/** What stands before the first message: with whom it is, that it is private, and that it stays. */
export function Introduction({ item }) {
  const { group } = item;
  return html`<header class="talk-top">
    <${ConversationFace} item=${item} size="xl" presence=${false} />
    <p class="display" translate=${false}>${nameOf(item)}</p>
    <p class="soft small"><${LockIcon} size=${16} /><span>${
      group
        ? "Only the members of this group can read it. Whoever is added sees what is said from then on."
        : html`Only you and <b translate=${false}>${nameOf(item)}</b> can read this.`
    } Messages are kept until you delete them.</span></p>
  </header>`;
}
