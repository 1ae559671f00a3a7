// Who reacted to a message, and with what: a dialog that phones show as a sheet.
import { Avatar, Badges, amount, count, html, useEffect } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { askQuietly } from "../kit/socket.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { rememberMember } from "../kit/member_names.js";
import { useMember } from "../kit/profiles.js";
import { ProfileLink } from "../people/open_profile.js";
import { streamOf } from "./message_store.js";

/** A member of whom perhaps only the id is known here. */
function Person({ id }) {
  const member = useMember({ id });
  useEffect(() => {
    if (!member.username) askQuietly("profile:get", { userId: id }).then((answer) => answer && rememberMember(answer.profile));
  }, [id]);
  if (!member.username) return html`<li class="person soft">somebody</li>`;
  return html`<li><${ProfileLink} member=${member} class="person person-link"><${Avatar} member=${member} size="s" />
    <span class="person-name"><span translate=${false}>${member.username}</span><${Badges} member=${member} /></span><//></li>`;
}

function Reaction({ emoji, number, userIds }) {
  const more = number - userIds.length;
  return html`<section><h3 class="reaction-head" translate=${false}>${emoji} <span class="soft">${amount(number)}</span></h3>
    <ul class="people">${userIds.map((id) => html`<${Person} key=${id} id=${id} />`)}</ul>
    ${more > 0 && html`<p class="soft small">and ${count(more, "other")}</p>`}
  </section>`;
}

/** The dialog; it follows the reactions while it is open. */
export function ReactionList({ message, close }) {
  const now = useStore(streamOf(message.stream), ({ messages }) => messages.find(({ id }) => id === message.id));
  return html`<${Dialog} class="members bottom-sheet" aria-labelledby="reactions" onClose=${close}><div class="sheet-inside">
    <header class="panel-head"><h2 class="display" id="reactions">Reactions</h2><${CloseButton} /></header>
    ${
      now?.reactions?.length
        ? now.reactions.map((item) => html`<${Reaction} key=${item.emoji} ...${item} number=${item.count} />`)
        : html`<p class="soft">There are none any more.</p>`
    }
  </div><//>`;
}
