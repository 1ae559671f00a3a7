// Choosing among the member's friends: a field that searches them, and the list of those found.
import { Avatar, Badges, Skeleton, html, useEffect, useRef } from "../kit/ui.js";
import { useMember } from "../kit/profiles.js";
import { More, usePaged } from "../kit/paging.js";
import { useQuery } from "../kit/use_query.js";
import { rememberMember } from "../kit/member_names.js";
import { isComposing, isShortcut } from "../kit/keys.js";
import { SearchIcon } from "../kit/icons.js";
import { PresenceText } from "../people/person.js";

const MOST_LETTERS = 80;

function useFriends(query) {
  const list = usePaged("friend:list", query ? { q: query } : {}, { key: ({ profile }) => profile.id, keep: true });
  useEffect(() => {
    list.items?.forEach(({ profile, online, lastSeen }) => rememberMember({ ...profile, online, lastSeen }));
  }, [list.items]);
  return list;
}

/** The arrow keys move between the field and the choices. */
function onKeyDown(event) {
  if (isComposing(event) || isShortcut(event)) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [...event.currentTarget.querySelectorAll("input[type=search], .friend-choice, .friend-choice input")];
  const fields = stops.filter((stop) => !stop.querySelector("input"));
  const next = step && fields[Math.max(0, fields.indexOf(document.activeElement) + step)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** What stands in the row of a friend. */
export function FriendFace({ friend }) {
  const member = useMember(friend);
  return html`<${Avatar} member=${member} presence=${true} />
    <span class="friend-name"><span><b translate=${false}>${member.username}</b> <${Badges} member=${member} /></span>
      <span class="soft small"><${PresenceText} member=${member} /></span></span>`;
}

function Choices({ list, query, without, row }) {
  const isUnknown = !list.items || (list.stale && !list.items.length);
  if (isUnknown && list.error) return html`<${More} list=${list} />`;
  if (isUnknown) return html`<${Skeleton} label="Loading your friends" />`;
  const friends = list.items.map(({ profile }) => profile).filter(({ id }) => !without.has(id));
  if (friends.length)
    return html`<ul class="friend-choices" aria-label="Friends" aria-busy=${list.loading}>${friends.map(
      (friend) => html`<li key=${friend.id}>${row(friend)}</li>`,
    )}</ul><${More} list=${list} />`;
  if (list.next) return html`<${More} list=${list} />`;
  if (query) return html`<p class="soft friend-none">None of your friends has a name that begins with “${query}”.</p>`;
  if (list.items.length) return html`<p class="soft friend-none">All of your friends are in it already.</p>`;
  return html`<p class="soft friend-none">You haven’t got any friends here yet. <a href="#/discover">Discover people</a>, and
    write to whoever likes you too.</p>`;
}

/** The field and the list; `row(friend)` draws one of them, and those whose id is in `without` are left out. */
export function FriendPicker({ row, without = new Set() }) {
  const [text, query, change] = useQuery();
  const list = useFriends(query);
  const field = useRef(null);
  return html`<div class="friend-picker" onKeyDown=${onKeyDown}>
    <label class="field-box list-search"><${SearchIcon} size=${18} /><span class="visually-hidden">Search your friends</span>
      <input type="search" ref=${field} value=${text} maxlength=${MOST_LETTERS} placeholder="Search your friends" autocomplete="off"
        spellcheck=${false} autofocus onInput=${(event) => change(event.target.value)} /></label>
    <${Choices} list=${list} query=${query} without=${without} row=${row} />
  </div>`;
}
