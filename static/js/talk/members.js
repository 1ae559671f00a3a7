// The members of a room, those who are online first.
import { Avatar, Badges, Changing, Skeleton, amount, html, useEffect, useRef } from "../kit/ui.js";
import { More, usePaged } from "../kit/paging.js";
import { rememberMember } from "../kit/member_names.js";
import { XIcon } from "../kit/icons.js";
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
  return html`<li class="person">
    <span class=${person.online ? "avatar-box online" : "avatar-box"}><${Avatar} member=${person} size="s" /></span>
    <span class="person-name"><span>${person.username}</span><${Badges} member=${person} />
      <span class="soft small">${[person.age, person.relation === "self" && "you"].filter(Boolean).join(" · ")}${
        person.online && html`<span class="visually-hidden" data-live>, online</span>`
      }</span></span>
  </li>`;
}

/** "2 of 11 online", with the reader, who is in the list. */
const countsOf = ({ members, online, own }) =>
  own && members === 1 ? "Just you so far" : `${amount(online + (own ? 1 : 0))} of ${amount(members)} online`;

function List({ label, online, members }) {
  const list = useMembers(label, online, members);
  if (!list.items && !list.error) return html`<${Skeleton} label="Loading the members" />`;
  return html`<ul class="people">${list.items?.map((person) => html`<${Person} key=${person.id}
    person=${person} />`)}</ul>
    <${More} list=${list} />`;
}

/** The panel beside a room; with `sheet` a dialog over it, which `close` closes. */
export function Members({ label, sheet, close }) {
  const { members, online, own } = useRoomInfo(label);
  const dialog = useRef(null);
  useEffect(() => {
    if (sheet) dialog.current.showModal();
  }, [sheet]);
  const content = html`<header class="panel-head"><h2 class="display">Members</h2>
      ${sheet && html`<button type="button" class="icon-button" aria-label="Close" onClick=${close}>
        <${XIcon} /></button>`}</header>
    ${
      members !== undefined &&
      html`<p class="soft small" data-live><${Changing} text=${countsOf({ members, online, own })} /></p>`
    }
    <${List} label=${label} online=${online} members=${members} />`;
  if (!sheet) return html`<aside class="members" data-testid="members" aria-label="Members">${content}</aside>`;
  const closeOnBackdrop = (event) => event.target === dialog.current && close();
  return html`<dialog class="members" data-testid="members" aria-label="Members" ref=${dialog}
    onClose=${close} onClick=${closeOnBackdrop}>
    <div class="sheet-inside">${content}</div></dialog>`;
}
