// Who belongs to a room: those online first, a page at a time.
import { Face, Waiting, amount, count, html, useEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask, connection } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { learn } from "../kit/member_names.js";
import { Marks } from "./message.js";
import { XIcon } from "../kit/icons.js";

const PAGE = 50;
const SETTLED = 2500;

/** The members of a room, asked for again when the counts change. */
function useMembers(label, online, total) {
  const connected = useStore(connection, (state) => state.state === "online");
  const [people, setPeople] = useState(null);
  const load = async (cursor) => {
    try {
      const page = await ask("room:members", { label, limit: PAGE, ...(cursor && { cursor }) });
      page.items.forEach(learn);
      setPeople((before) => ({ items: cursor ? joined(before.items, page.items) : page.items, next: page.next }));
    } catch (error) {
      console.debug("the members stay as they were", error.code);
    }
  };
  useEffect(() => {
    if (!connected) return undefined;
    const timer = setTimeout(load, people ? SETTLED : 0);
    return () => clearTimeout(timer);
  }, [label, connected, online, total]);
  return [people, load];
}

/** A page behind another; somebody who has come online meanwhile is in both. */
function joined(before, items) {
  const known = new Set(before.map(({ id }) => id));
  return [...before, ...items.filter(({ id }) => !known.has(id))];
}

function Person({ person }) {
  return html`<li class="person">
    <span class=${person.online ? "face-box online" : "face-box"}><${Face} who=${person} size="s" /></span>
    <span class="person-name"><span>${person.username}</span><${Marks} who=${person} />
      <span class="soft small">${person.relation === "self" ? "you, " : ""}${person.age}
        ${person.online ? ", here" : ""}</span></span>
  </li>`;
}

function List({ label, room }) {
  const [people, load] = useMembers(label, room?.online, room?.members);
  if (!people) return html`<${Waiting} label="Loading the members" />`;
  return html`<ul class="people">${people.items.map((person) => html`<${Person} key=${person.id}
    person=${person} />`)}</ul>
    ${people.next && html`<button type="button" class="button plain slim"
      onClick=${() => load(people.next)}>Show more</button>`}`;
}

/** The panel beside a room; with `sheet` a dialog over it, which `close` ends. */
export function Members({ label, sheet, close }) {
  const room = useStore(session, (state) => state.rooms.find((item) => item.label === label));
  const dialog = useRef(null);
  useEffect(() => {
    if (sheet) dialog.current.showModal();
  }, [sheet]);
  const inside = html`<header class="panel-head"><h2 class="airy">Members</h2>
      ${sheet && html`<button type="button" class="icon-button" aria-label="Close" onClick=${close}>
        <${XIcon} /></button>`}</header>
    ${room && html`<p class="soft small">${amount(room.online)} of ${count(room.members, "member")} here</p>`}
    <${List} label=${label} room=${room} />`;
  if (!sheet) return html`<aside class="members" data-testid="members" aria-label="Members">${inside}</aside>`;
  const outside = (event) => event.target === dialog.current && close();
  return html`<dialog class="members sheet-over" data-testid="members" aria-label="Members" ref=${dialog}
    onClose=${close} onClick=${outside}>
    <div class="sheet-inside">${inside}</div></dialog>`;
}
