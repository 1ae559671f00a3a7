// A row of the list of conversations: face, name, last words or draft, time, and what is unread.
import { Badges, UnreadBadge, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { unread, unreadIn } from "../kit/unread.js";
import { brief, full, tick } from "../kit/time.js";
import { excerpt } from "../kit/text.js";
import { addressOf } from "../kit/router.js";
import { PencilIcon } from "../kit/icons.js";
import { draftOf } from "../talk/drafts.js";
import { typing } from "../talk/live_messages.js";
import { summary } from "../talk/message_picture.js";
import { namesOf } from "../kit/member_names.js";
import { ConversationFace, Name } from "./names.js";

const LENGTH = 80;

/** Who said the last words, where it is not clear: the reader, or in a group anybody. */
function speakerOf({ from }, { group }) {
  if (from.id === session.get().me?.id) return "You: ";
  return group ? `${from.username}: ` : "";
}

/** What was said last: also that it was deleted, or that nothing was said yet. */
function lastWords(item) {
  const { last, group } = item;
  if (!last) return group ? "No messages yet" : "Say hello";
  if (last.hidden) return "";
  if (last.deleted) return "Message deleted";
  return `${speakerOf(last, item)}${summary(last, LENGTH)}`;
}

function Words({ item, current }) {
  const ids = useStore(typing, (state) => state[item.stream]) ?? [];
  const draft = current ? "" : draftOf(item.stream);
  if (ids.length) return html`<span class="row-typing">${item.group ? `${namesOf(ids, 1)} ` : ""}${item.group && ids.length === 1 ? "is " : ""}typing …</span>`;
  if (draft.trim()) return html`<span class="row-draft"><${PencilIcon} size=${14} />Draft:</span> <bdi>${excerpt(draft, LENGTH)}</bdi>`;
  return html`<bdi>${lastWords(item)}</bdi>`;
}

/** The row; `current` when the conversation is the one that is open. */
export function ConversationRow({ item, current }) {
  useStore(tick);
  const number = useStore(unread, unreadIn(item.stream));
  const { last, peer } = item;
  return html`<li><a class=${number ? "conversation-row has-unread" : "conversation-row"} data-testid="conversation"
    href=${addressOf("messages", item.stream)} aria-current=${current ? "page" : null}>
    <${ConversationFace} item=${item} size="l" />
    <span class="row-name"><b><${Name} item=${item} /></b>${peer && html`<${Badges} member=${{ ...peer, badges: [] }} />`}</span>
    ${last && html`<time class="row-time small" dateTime=${last.createdAt} title=${full(last.createdAt)}>${brief(last.createdAt)}</time>`}
    <span class="row-words soft small"><${Words} item=${item} current=${current} /></span>
    <${UnreadBadge} number=${number} />
  </a></li>`;
}
