// Completes `@name` in the composer: a list of members of the room, which the arrow keys and Enter work.
import { Avatar, count, html, useEffect, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { askQuietly } from "../kit/socket.js";
import { replaceIn } from "../kit/field.js";
import { isComposing, isShortcut } from "../kit/keys.js";
import { rememberMember } from "../kit/member_names.js";
import { knownMember, useMember } from "../kit/profiles.js";
import { session } from "../kit/session.js";
import { streamOf } from "./message_store.js";

const MOST = 6;
const MEMBERS = 50;
const BEGUN = /(?:^|[\s(])@([A-Za-z0-9-]{0,20})$/;
const LEAVING = new Set(["Escape", "ArrowLeft", "ArrowRight", "Home", "End"]);

/** What of a mention stands before the cursor: `{start, name}`, or null. */
function mentionAt({ value, selectionStart, selectionEnd }) {
  const before = value.slice(0, selectionStart);
  const found = selectionStart === selectionEnd && BEGUN.exec(before);
  return found ? { start: selectionStart - found[1].length, name: found[1] } : null;
}

/** The members that may be meant: the first ones of the room, online ones first, and whoever has written in it. */
function candidates(stream, members) {
  const authors = streamOf(stream)
    .get()
    .messages.map(({ from }) => from)
    .reverse();
  const byId = new Map(members.map((member) => [member.id, member]));
  for (const author of authors) if (!byId.has(author.id)) byId.set(author.id, author);
  byId.delete(session.get().me?.id);
  return [...byId.values()].filter(({ id }) => !knownMember(id).blocked);
}

/** The best of them for what has been typed of a name. */
function matching(members, typed) {
  const name = typed.toLowerCase();
  const places = members.map((member) => [member.username.toLowerCase().indexOf(name), member]);
  const found = places.filter(([place]) => place >= 0).sort(([a], [b]) => Math.min(a, 1) - Math.min(b, 1));
  return found.slice(0, MOST).map(([, member]) => member);
}

/** The people, or else the members of a room, loaded once they are wanted. */
function useMembers(label, people, wanted) {
  const [members, setMembers] = useState(null);
  useEffect(() => {
    if (!wanted || members || people) return;
    askQuietly("room:members", { label, limit: MEMBERS }).then((page) => {
      page?.items.forEach(rememberMember);
      if (page) setMembers(page.items);
    });
  }, [wanted]);
  return people ?? members ?? [];
}

function Face({ member }) {
  return html`<${Avatar} member=${useMember(member)} size="s" presence=${true} />`;
}

function List({ items, active, accept }) {
  return html`<ul class="popup mention-list" role="listbox" id="mention-list" aria-label="Members" data-testid="mention-list">
    ${items.map(
      (member, index) => html`<li key=${member.id} role="option" class="choice" id=${`mention-${index}`}
        aria-selected=${index === active} onPointerDown=${(event) => event.preventDefault()}
        onClick=${() => accept(member)}><${Face} member=${member} /><span translate=${false}>${member.username}</span>${
        member.online && html`<span class="visually-hidden">, online</span>`
      }</li>`,
    )}
  </ul>`;
}

/** What a screen reader is told of the field while there is a list. A field of several lines cannot be a combobox. */
function describe(field, open, active) {
  const attributes = {
    "aria-haspopup": "listbox",
    "aria-controls": "mention-list",
    "aria-activedescendant": `mention-${active}`,
  };
  for (const [name, value] of Object.entries(attributes)) {
    if (open) field.setAttribute(name, value);
    else field.removeAttribute(name);
  }
}

/** Calls listeners for the events of a field; those of keys before its own. */
function useFieldEvents(field, listeners) {
  const latest = useRef(null);
  latest.current = listeners;
  useLayoutEffect(() => {
    const { current } = field;
    const listen = (event) => latest.current[event.type](event);
    const form = current.form;
    const onKey = (event) => event.target === current && listen(event);
    form.addEventListener("keydown", onKey, true);
    for (const type of ["input", "blur", "click"]) current.addEventListener(type, listen);
    return () => {
      form.removeEventListener("keydown", onKey, true);
      for (const type of ["input", "blur", "click"]) current.removeEventListener(type, listen);
    };
  }, []);
}

/**
 * The list above a text field; `field` is a ref for it, `change(text)` changes its text. `people` are those who can be
 * mentioned; without them the members of the room `label`.
 */
export function Mentions({ stream, label, people, field, change }) {
  const [begun, setBegun] = useState(null);
  const [active, setActive] = useState(0);
  const members = useMembers(label, people, Boolean(begun));
  const items = begun ? matching(candidates(stream, members), begun.name) : [];
  const close = () => setBegun(null);
  const accept = ({ username }) => {
    const { value, selectionStart } = field.current;
    const end = value[selectionStart] === " " ? selectionStart + 1 : selectionStart;
    replaceIn(field.current, begun.start, end, `${username} `, change);
    close();
  };
  const input = () => {
    setBegun(mentionAt(field.current));
    setActive(0);
  };
  const keydown = (event) => {
    if (!items.length || isComposing(event) || isShortcut(event)) return;
    if (LEAVING.has(event.key)) close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((active + step + items.length) % items.length);
    const accepts = (event.key === "Tab" || event.key === "Enter") && !event.shiftKey;
    if (accepts) accept(items[active]);
    if (!step && !accepts && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
  };
  useFieldEvents(field, { input, keydown, blur: close, click: close });
  useLayoutEffect(() => {
    if (document.activeElement === field.current) input(); // Typed before this was loaded.
  }, []);
  useLayoutEffect(() => describe(field.current, items.length > 0, active));
  const open = items.length > 0;
  return html`${open && html`<${List} items=${items} active=${active} accept=${accept} />`}
    <span class="visually-hidden" role="status">${open && `${count(items.length, "member")}, Enter to mention`}</span>`;
}
