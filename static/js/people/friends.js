// The friends page: all friends with their presence, finding one of them, and ending a friendship.
import { Empty, Skeleton, Title, count, html, useEffect, useRef, useState } from "../kit/ui.js";
import { More, usePaged } from "../kit/paging.js";
import { PageTabs } from "../kit/page_tabs.js";
import { ConfirmDialog } from "../kit/confirm_dialog.js";
import { useListFocus } from "../kit/use_list_focus.js";
import { useEvent } from "../kit/use_event.js";
import { useQuery } from "../kit/use_query.js";
import { ask } from "../kit/socket.js";
import { toast, toastError } from "../kit/toast.js";
import { rememberMember } from "../kit/member_names.js";
import { plain } from "../kit/text.js";
import { MessageCircleIcon, SearchIcon } from "../kit/icons.js";
import { openConversation } from "../conversations/open_conversation.js";
import { Person, PresenceText } from "./person.js";
import { UserMinusIcon } from "./profile_icons.js";
import { viewing } from "./request_toasts.js";

const MOST_LETTERS = 80;

const nameOf = ({ profile }) => plain(profile.username);

/** By name, as the server lists them. */
const byName = (one, other) => (nameOf(one) < nameOf(other) ? -1 : 1);

/** The friends of whom a name begins with the query, or all of them; whoever becomes one or ceases to be one follows. */
function useFriends(query) {
  const options = { key: ({ profile }) => profile.id, order: byName, keep: true, copied: !query };
  const list = usePaged("friend:list", query ? { q: query } : {}, options);
  useEvent("request:changed", ({ status, peer }) => {
    if (status === "removed") list.remove(peer.id);
    else if (status === "matched" && query) list.reload(); // The server decides whether the name matches.
    else if (status === "matched") list.insert({ profile: peer, online: peer.online, lastSeen: peer.lastSeen });
  });
  useEffect(() => {
    list.items?.forEach(({ profile, online, lastSeen }) => rememberMember({ ...profile, online, lastSeen }));
  }, [list.items]);
  return list;
}

const Write = ({ friend }) => html`<button type="button" class="icon-button" aria-label=${`Message ${friend.username}`}
  title="Message" onClick=${() => openConversation(friend)}><${MessageCircleIcon} /></button>`;

function Remove({ friend, remove }) {
  const [asking, setAsking] = useState(false);
  const { id, username } = friend;
  const end = async () => {
    try {
      await ask("friend:remove", { userId: id });
      remove(id);
      toast(`You and ${username} aren’t friends any more.`, { action: viewing(friend) });
    } catch (error) {
      toastError(error);
    }
  };
  return html`<button type="button" class="icon-button" aria-label=${`Remove ${username} from your friends`}
      title="Remove from friends" aria-haspopup="dialog" onClick=${() => setAsking(true)}><${UserMinusIcon} /></button>
    ${
      asking &&
      html`<${ConfirmDialog} title=${`Remove ${username} from your friends?`} label="Remove" run=${end}
      close=${() => setAsking(false)}><p>You won’t be friends any more. You can both still read your conversation,
        but not write in it.</p><//>`
    }`;
}

function NoFriends() {
  return html`<${Empty} title="No friends yet"><p>Like somebody in Discover: when they like you too, or accept your
      request, they appear here. Or invite somebody you know.</p>
    <p class="row-actions"><a class="button" href="#/discover">Discover people</a>
      <a class="button plain" href="#/invitations">Invite someone</a></p><//>`;
}

function NobodyFound({ query, clear }) {
  return html`<${Empty} title="Nobody found"><p>None of your friends has a name that begins with “${query}”.</p>
    <button type="button" class="button plain" onClick=${clear}>Show all friends</button><//>`;
}

function List({ list, query, clear }) {
  const rows = useListFocus(list.items);
  const isUnknown = !list.items || (list.stale && !list.items.length);
  if (isUnknown && list.error) return html`<${More} list=${list} />`;
  if (isUnknown) return html`<${Skeleton} label="Loading your friends" />`;
  if (!list.items.length && !list.next)
    return query ? html`<${NobodyFound} query=${query} clear=${clear} />` : html`<${NoFriends} />`;
  return html`<ul class="person-rows" ref=${rows} aria-label="Friends" aria-busy=${list.loading}>${list.items.map(
    ({ profile, online, lastSeen }) => html`<${Person} key=${profile.id} person=${{ ...profile, online, lastSeen }}
      status=${(member) => html`<${PresenceText} member=${member} />`} actions=${html`<${Write} friend=${profile} /><${Remove} friend=${profile} remove=${list.remove} />`} />`,
  )}</ul><${More} list=${list} />`;
}

/** "3 friends found", once the answer is there. */
function found({ items, next, loading, stale }, query) {
  if (!query || !items || loading || stale) return "";
  return items.length ? `${count(items.length, "friend")}${next ? " or more" : ""} found.` : "Nobody found.";
}

/** The page. */
export default function Friends() {
  const [text, query, change] = useQuery();
  const list = useFriends(query);
  const field = useRef(null);
  const clear = () => {
    change("");
    field.current.focus();
  };
  return html`<div class="page-body friends"><${PageTabs} of="discover" />
    <header class="page-head"><${Title}>Friends<//></header>
    <label class="field-box friend-search"><${SearchIcon} size=${18} /><span class="visually-hidden">Search friends by name</span>
      <input type="search" ref=${field} value=${text} maxlength=${MOST_LETTERS} placeholder="Search by name"
        autocomplete="off" spellcheck=${false} onInput=${(event) => change(event.target.value)} /></label>
    <p class="visually-hidden" role="status">${found(list, query)}</p>
    <${List} list=${list} query=${query} clear=${clear} />
  </div>`;
}
