// A private conversation: a direct one or a group, with its header, its talk, and why it may be closed.
import { Skeleton, Title, html, useEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask, connection, isOnline } from "../kit/socket.js";
import { addressOf } from "../kit/router.js";
import { useMember } from "../kit/profiles.js";
import { open } from "../kit/page_loader.js";
import { LockIcon } from "../kit/icons.js";
import { addMessages, streamOf } from "../talk/message_store.js";
import { firstUnreadOf, useUnreadLine } from "../talk/unread_messages.js";
import { StreamTalk } from "../talk/stream_talk.js";
import { GROUP_SETTINGS } from "./group_parts.js";
import { conversations, findConversation } from "./known_conversations.js";
import { Head, Introduction } from "./conversation_head.js";
import { nameOf, othersIn } from "./names.js";
import { Receipt } from "./receipt.js";

const PAGE_SIZE = 50;

const itemOf = (stream) => conversations.get().items[stream];

/** The seq of the first unread message: of those that are loaded, or behind the read mark when that is further back. */
function firstUnread(stream) {
  const first = firstUnreadOf(stream);
  const { oldest } = streamOf(stream).get();
  const behindMark = (itemOf(stream)?.readUpTo ?? Infinity) + 1;
  return first && first <= oldest && behindMark < first ? behindMark : first;
}

async function load(stream) {
  const [{ messages, more }, found] = await Promise.all([
    ask("message:list", { stream, limit: PAGE_SIZE }),
    findConversation(stream),
  ]);
  const upTo = messages.at(-1)?.seq ?? 0;
  addMessages(stream, messages, { entered: true, followed: true, start: !more, upTo, head: upTo });
  return { found, firstUnread: firstUnread(stream), error: null };
}

/** Loads the conversation once there is a connection: `{error, found, firstUnread}`; `found` is null until it is known. */
function useConversation(stream) {
  const online = useStore(connection, isOnline);
  const [state, setState] = useState(() => {
    const { entered } = streamOf(stream).get();
    return { error: null, found: itemOf(stream) ? true : null, firstUnread: entered ? firstUnread(stream) : 0 };
  });
  useEffect(() => {
    if (!online || (streamOf(stream).get().entered && itemOf(stream))) return undefined;
    let active = true;
    load(stream).then(
      (loaded) => active && setState(loaded),
      (error) => active && error.code !== "OFFLINE" && setState((before) => ({ ...before, error })),
    );
    return () => {
      active = false;
    };
  }, [stream, online]);
  return state;
}

/** In place of a conversation that the member takes no part in, or that could not be loaded. */
function Failure({ error }) {
  const gone = !error || error.code === "FORBIDDEN" || error.code === "NOT_FOUND";
  return html`<div class="page-body"><header class="page-head">
    <${Title}>${gone ? "This conversation isn’t here" : "This conversation couldn’t be opened"}<//>
    <p class="soft">${gone ? "You’re not in it, or not any more." : error.message}</p></header>
    <p><a class="button" href=${addressOf("messages")}>Back to your messages</a></p></div>`;
}

/** Why nobody can write here. */
function Closed({ peer }) {
  const { username, blocked } = useMember(peer);
  const name = html`<b translate=${false}>${username}</b>`;
  return html`<p class="talk-closed" data-testid="closed"><${LockIcon} size=${18} /><span>${
    blocked
      ? html`You’ve blocked ${name}. You can still read this conversation.`
      : html`You and ${name} aren’t friends any more. You can both still read this conversation, but not write in it.`
  }</span></p>`;
}

/** The conversation; one with somebody who was blocked stays readable while it is open, though it is not listed any more. */
function useItem(stream) {
  const item = useStore(conversations, ({ items }) => items[stream]);
  const last = useRef(item);
  if (item) last.current = item;
  return item ?? (last.current?.peer ? { ...last.current, open: false } : undefined);
}

/** The conversation with the name of a stream. */
export function Conversation({ stream }) {
  const { error, found, firstUnread: first } = useConversation(stream);
  const item = useItem(stream);
  const line = useUnreadLine(stream, first);
  const [Settings, setSettings] = useState(null);
  const field = useRef(null);
  const control = useRef(null);
  const openSettings = async () => {
    const Loaded = await open(GROUP_SETTINGS);
    setSettings(() => Loaded);
  };
  if (error || (found !== null && !item)) return html`<${Failure} error=${error} />`;
  const name = nameOf(item);
  return html`<section class=${item?.peer ? "room-main private direct" : "room-main private"} aria-label=${name ? `Conversation with ${name}` : "Conversation"}>
    <${Head} item=${item} openSettings=${openSettings} />
    ${
      item
        ? html`<${StreamTalk} stream=${stream} label=${name} place=${`the conversation with ${name}`} firstUnread=${line}
          field=${field} control=${control} people=${item.group ? othersIn(item.group) : []} Receipt=${Receipt}
          top=${html`<${Introduction} item=${item} />`} closed=${item.open ? null : html`<${Closed} peer=${item.peer} />`} />`
        : html`<div class="talk-loading"><${Skeleton} label="Loading the conversation" /></div>`
    }
    ${Settings && item?.group && html`<${Settings} group=${item.group} close=${() => setSettings(null)} />`}
  </section>`;
}
