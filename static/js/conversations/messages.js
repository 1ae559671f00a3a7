// The page of private conversations: the list and the talk side by side, one of the two on a narrow screen.
import { html, useLayoutEffect, useRef } from "../kit/ui.js";
import { useMedia } from "../kit/use_media.js";
import { isComposing, isShortcut } from "../kit/keys.js";
import { addressOf } from "../kit/router.js";
import { LockIcon } from "../kit/icons.js";
import { Conversation } from "./conversation.js";
import { ConversationList } from "./conversation_list.js";
import { conversations, inOrder } from "./known_conversations.js";

const WIDE = matchMedia("(min-width: 64rem)");
const FIELDS = "input, textarea, select, [contenteditable]";

/** Goes to the conversation before (-1) or after (1) the open one; without one, to the last or the first. */
function step(stream, by) {
  const streams = inOrder(conversations.get()).map((item) => item.stream);
  const at = streams.indexOf(stream);
  const next = at < 0 ? (by > 0 ? 0 : streams.length - 1) : (at + by + streams.length) % streams.length;
  if (streams[next]) location.hash = addressOf("messages", streams[next]);
}

/** Back to the list: to the row of the conversation where both are shown, to the page of the list otherwise. */
function leave(wide) {
  const row = document.querySelector(".conversation-row[aria-current=page]");
  if (wide && row) row.focus();
  else location.hash = addressOf("messages");
}

function onKeyDown(event, { stream, wide }) {
  const isTaken = isComposing(event) || event.defaultPrevented || document.querySelector("dialog[open], [role=menu], .popup");
  if (isTaken) return;
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const isStep = by && event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const search = document.querySelector("[data-search]");
  if (isStep) step(stream, by);
  else if (event.key === "Escape" && stream) leave(wide);
  else if (event.key === "/" && !isShortcut(event) && !event.target.closest?.(FIELDS) && search?.offsetParent) search.focus();
  else return;
  event.preventDefault();
}

/** `/` searches, Escape goes back to the list, Alt and an arrow go to the conversation above or below. */
function useKeys(at) {
  const latest = useRef(at);
  latest.current = at;
  useLayoutEffect(() => {
    const early = (event) => event.altKey && onKeyDown(event, latest.current); // Before the one that steps through rooms.
    const late = (event) => !event.altKey && onKeyDown(event, latest.current);
    addEventListener("keydown", early, true);
    addEventListener("keydown", late);
    return () => {
      removeEventListener("keydown", early, true);
      removeEventListener("keydown", late);
    };
  }, []);
}

/** Beside the list, when no conversation is open. */
function Nothing() {
  return html`<div class="talk-nothing soft"><${LockIcon} size=${28} />
    <p>What you write here is private. It’s kept until you delete it.</p></div>`;
}

/** The page; `param` is the stream of the open conversation, empty for the list alone. */
export default function Messages({ param: stream }) {
  const wide = useMedia(WIDE);
  useKeys({ stream, wide });
  return html`<div class="messages-page">
    <${ConversationList} current=${stream} titled=${!stream} hidden=${Boolean(stream) && !wide} />
    ${stream ? html`<${Conversation} key=${stream} stream=${stream} />` : wide && html`<${Nothing} />`}
  </div>`;
}
