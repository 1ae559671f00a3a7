// The list of conversations, with the field that searches them and the buttons that begin new ones.
import { Empty, Skeleton, Title, html, useEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { isComposing, isShortcut } from "../kit/keys.js";
import { open } from "../kit/page_loader.js";
import { More } from "../kit/paging.js";
import { useQuery } from "../kit/use_query.js";
import { SearchIcon, UsersIcon } from "../kit/icons.js";
import { SquarePenIcon } from "./conversation_icons.js";
import { ConversationRow } from "./conversation_row.js";
import { NEW_GROUP, NEW_MESSAGE } from "./group_parts.js";
import { conversations, inOrder, loadMore, loadOnce, reload } from "./known_conversations.js";
import { restoreConversations } from "./offline_list.js";
import { SearchResults } from "./search_results.js";

const MOST_LETTERS = 80;

/** Loads the list when it is shown; later it follows what is told. */
function useConversations() {
  const state = useStore(conversations);
  const online = useStore(connection, isOnline);
  useEffect(() => {
    if (online) loadOnce();
    else restoreConversations();
  }, [online]);
  return state;
}

/** The arrow keys move from row to row, and from the field to the first one and back. */
function onListKey(event) {
  if (isComposing(event) || isShortcut(event)) return;
  const stops = [...event.currentTarget.querySelectorAll("[data-search], .conversation-row, .search-row")];
  const at = stops.indexOf(document.activeElement);
  const isField = document.activeElement?.matches("[data-search]");
  const ends = isField ? {} : { Home: 1, End: stops.length - 1 };
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const next = stops[ends[event.key] ?? (step ? Math.max(0, at + step) : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

/** What opens over the page; one at a time. */
function useOpening() {
  const [Shown, show] = useState(null);
  const opening = async (part) => {
    const Loaded = await open(part);
    show(() => Loaded);
  };
  return [Shown && html`<${Shown} close=${() => show(null)} />`, opening];
}

function ListHead({ titled, opening }) {
  return html`<header class="list-head">
    ${titled ? html`<${Title}>Messages<//>` : html`<h2 class="display">Messages</h2>`}
    <button type="button" class="icon-button" aria-label="New group" title="New group" aria-haspopup="dialog"
      onClick=${() => opening(NEW_GROUP)}><${UsersIcon} /></button>
    <button type="button" class="icon-button" aria-label="New message" title="New message" aria-haspopup="dialog"
      onClick=${() => opening(NEW_MESSAGE)}><${SquarePenIcon} /></button>
  </header>`;
}

function NoConversations({ opening }) {
  return html`<${Empty} title="No conversations yet"><p>What you write to a friend stays between the two of you, and it
      doesn’t disappear.</p>
    <p class="row-actions"><button type="button" class="button" onClick=${() => opening(NEW_MESSAGE)}>Write to a friend</button>
      <a class="button plain" href="#/discover">Discover people</a></p><//>`;
}

function List({ state, current, opening }) {
  const { loaded, loading, error, more } = state;
  const list = { items: loaded ? [] : null, next: more ? "more" : null, error, loading, more: loadMore, reload };
  const items = inOrder(state);
  if (!loaded && error && error.code !== "OFFLINE") return html`<${More} list=${list} />`;
  if (!loaded && !items.length) return html`<${Skeleton} label="Loading your conversations" />`;
  if (!items.length && !more) return html`<${NoConversations} opening=${opening} />`;
  return html`<ul class="conversation-rows" aria-label="Conversations">${items.map(
    (item) => html`<${ConversationRow} key=${item.stream} item=${item} current=${item.stream === current} />`,
  )}</ul><${More} list=${list} />`;
}

/** The list; `current` is the stream that is open, `titled` whether this is the page's title, and `hidden` on phones. */
export function ConversationList({ current, titled, hidden }) {
  const state = useConversations();
  const [text, query, change] = useQuery();
  const [opened, opening] = useOpening();
  const field = useRef(null);
  const onFieldKey = (event) => {
    if (isComposing(event) || event.key !== "Escape" || !text) return;
    event.preventDefault();
    change("");
  };
  return html`<section class="conversation-list" aria-label="Messages" hidden=${hidden} onKeyDown=${onListKey}>
    <${ListHead} titled=${titled} opening=${opening} />
    <label class="field-box list-search"><${SearchIcon} size=${18} /><span class="visually-hidden">Search people and messages</span>
      <input type="search" data-search ref=${field} value=${text} maxlength=${MOST_LETTERS} placeholder="Search" autocomplete="off"
        spellcheck=${false} aria-keyshortcuts="/" onInput=${(event) => change(event.target.value)} onKeyDown=${onFieldKey} /></label>
    <div class="list-body">${
      query
        ? html`<${SearchResults} query=${query} current=${current} />`
        : html`<${List} state=${state} current=${current} opening=${opening} />`
    }</div>
    ${opened}
  </section>`;
}
