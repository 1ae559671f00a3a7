// The members of a room, those who are online first.
import { Avatar, Badges, Skeleton, amount, html, useEffect, useRef } from "../kit/ui.js";
import { More, usePaged } from "../kit/paging.js";
import { rememberMember } from "../kit/member_names.js";
import { useMember } from "../kit/profiles.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { ProfileLink } from "../people/open_profile.js";
import { useRoomInfo } from "./room_info.js";

const REFRESH_DELAY = 2500;

/** The members of a room, loaded again some time after the counts have changed. */
function useMembers(label, online, total) {
  const list = usePaged("room:members", { label });
  const shown = useRef(null);
  useEffect(() => {
    list.items?.forEach(rememberMember);
  }, [list.items]);
  useEffect(() => {
    if (online === undefined) return undefined;
    const counts = `${online} of ${total}`;
    const changed = shown.current !== null && shown.current !== counts;
    shown.current = counts;
    if (!changed) return undefined;
    const timer = setTimeout(list.reload, REFRESH_DELAY);
    return () => clearTimeout(timer);
  }, [online, total]);
  return list;
}

function Person({ person }) {
  const member = useMember(person);
  if (member.blocked) return null;
  const facts = [member.age, member.relation === "self" && "you", member.status];
  return html`<li><${ProfileLink} member=${member} class="person person-link">
    <${Avatar} member=${member} size="s" presence=${true} />
    <span class="person-name"><span translate=${false}>${member.username}</span><${Badges} member=${member} />
      <span class="soft small">${facts.filter(Boolean).join(" · ")}${
        member.online && html`<span class="visually-hidden" data-live>, online</span>`
      }</span></span>
  <//></li>`;
}

/** "2 of 11 online" */
const countsOf = ({ members, online, own }) =>
  own && members === 1 ? "Just you so far" : `${amount(online)} of ${amount(members)} online`;

function List({ label, online, members }) {
  const list = useMembers(label, online, members);
  if (!list.items && !list.error) return html`<${Skeleton} label="Loading the members" />`;
  return html`<ul class="people">${list.items?.map((person) => html`<${Person} key=${person.id}
    person=${person} />`)}</ul>
    <${More} list=${list} />`;
}

/** The panel beside a room; with `sheet` a dialog over it; `close` is called when that has closed. */
export function Members({ label, sheet, close }) {
  const { members, online, own } = useRoomInfo(label);
  const content = html`<header class="panel-head"><h2 class="display">Members</h2>
      ${sheet && html`<${CloseButton} />`}</header>
    ${
      members !== undefined &&
      html`<p class="soft small" data-live>${countsOf({ members, online, own })}</p>`
    }
    <${List} label=${label} online=${online} members=${members} />`;
  if (!sheet) return html`<aside class="members" data-testid="members" aria-label="Members">${content}</aside>`;
  return html`<${Dialog} class="members bottom-sheet" data-testid="members" aria-label="Members" onClose=${close}>
    <div class="sheet-inside">${content}</div><//>`;
}
