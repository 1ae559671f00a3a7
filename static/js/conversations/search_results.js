// What a search finds: conversations and friends by name, and messages by their words.
import { Avatar, Empty, Skeleton, count, html, useEffect } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { useMember } from "../kit/profiles.js";
import { More, usePaged } from "../kit/paging.js";
import { brief, full } from "../kit/time.js";
import { plain } from "../kit/text.js";
import { labelOf } from "../kit/stream_names.js";
import { rememberMember } from "../kit/member_names.js";
import { addressOfStream, jumpTo } from "../talk/jumps.js";
import { ConversationRow } from "./conversation_row.js";
import { conversations, findConversation, inOrder } from "./known_conversations.js";
import { nameOf } from "./names.js";
import { MarkedText, around, wordsOf } from "./marked_text.js";
import { openConversation } from "./open_conversation.js";

const MOST_FRIENDS = 5;
const SHORTEST = 2;
const PAGE = 20;

/** Whether every word of a query begins a word of a name. */
function hasName(name, query) {
  const words = plain(name).split(/[^\p{L}\p{N}]+/u);
  return plain(query)
    .split(/\s+/)
    .every((wanted) => words.some((word) => word.startsWith(wanted)) || plain(name).startsWith(wanted));
}

function Friend({ friend }) {
  const member = useMember(friend);
  return html`<li><button type="button" class="search-row friend" onClick=${() => openConversation(member)}>
    <${Avatar} member=${member} presence=${true} /><b translate=${false}>${member.username}</b></button></li>`;
}

/** Where a message was said: the name of the conversation, or the room. */
function Place({ stream }) {
  const item = useStore(conversations, ({ items }) => items[stream]);
  const label = labelOf(stream);
  useEffect(() => {
    if (!label && !item) findConversation(stream).catch((error) => console.debug("conversation not found", error.code));
  }, [stream]);
  return html`<b translate=${false}>${label ?? nameOf(item)}</b>`;
}

function Found({ message, query }) {
  const { stream, seq, from, body, createdAt } = message;
  const open = (event) => {
    event.preventDefault();
    jumpTo(stream, seq);
  };
  return html`<li><a class="search-row" data-testid="found" href=${addressOfStream(stream)} onClick=${open}>
    <span class="row-name"><${Place} stream=${stream} /></span>
    <time class="row-time small" dateTime=${createdAt} title=${full(createdAt)}>${brief(createdAt)}</time>
    <span class="found-text small"><span class="soft" translate=${false}>${from.username}: </span><bdi><${MarkedText}
      text=${around(body, query)} query=${query} /></bdi></span>
  </a></li>`;
}

/** The friends whose name begins with the query, and with whom no conversation is listed. */
function useFriends(query, listed) {
  const { items } = usePaged("friend:list", { q: query }, { key: ({ profile }) => profile.id, limit: MOST_FRIENDS, keep: true });
  useEffect(() => {
    items?.forEach(({ profile, online }) => rememberMember({ ...profile, online }));
  }, [items]);
  const known = new Set(listed.map(({ peer }) => peer?.id));
  return (items ?? []).map(({ profile }) => profile).filter(({ id }) => !known.has(id));
}

function Messages({ query }) {
  const list = usePaged("message:search", { q: query }, { limit: PAGE, keep: true });
  const isUnknown = !list.items || (list.stale && !list.items.length);
  const none = !isUnknown && !list.items.length && !list.next;
  return html`<h2 class="search-heading">Messages</h2>
    <p class="visually-hidden" role="status">${!isUnknown && !list.loading && !list.stale && `${count(list.items.length, "message")}${list.next ? " or more" : ""} found.`}</p>
    ${isUnknown && !list.error && html`<${Skeleton} label="Searching" />`}
    ${none && html`<p class="soft small search-none">No messages with these words.</p>`}
    ${
      list.items?.length > 0 &&
      html`<ul class="search-rows" aria-label="Messages" aria-busy=${list.loading}>${list.items.map(
        (message) => html`<${Found} key=${message.id} message=${message} query=${query} />`,
      )}</ul>`
    }
    <${More} list=${list} />`;
}

/** The results of a query. */
export function SearchResults({ query, current }) {
  const state = useStore(conversations);
  const found = inOrder(state).filter((item) => hasName(nameOf(item), query));
  const friends = useFriends(query, Object.values(state.items));
  const searches = wordsOf(query).length > 0 && [...query].length >= SHORTEST;
  const names = found.length + friends.length;
  return html`${
      names > 0 &&
      html`<h2 class="search-heading">People and groups</h2>
      <ul class="conversation-rows" aria-label="People and groups">
        ${found.map((item) => html`<${ConversationRow} key=${item.stream} item=${item} current=${item.stream === current} />`)}
        ${friends.map((friend) => html`<${Friend} key=${friend.id} friend=${friend} />`)}
      </ul>`
    }
    ${searches && html`<${Messages} query=${query} />`}
    ${!searches && !names && html`<${Empty} title="Keep typing"><p>Two letters or more find people and messages.</p><//>`}`;
}
