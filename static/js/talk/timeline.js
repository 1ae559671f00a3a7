// The timeline of a stream: its messages with scrolling, older pages and read marks.
import { WhenOffline, html, useCallback, useEffect, useMemo, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { loadOlder, streamOf, trim } from "./message_store.js";
import { hidden } from "./deletions.js";
import { markRead } from "./live_messages.js";
import { outbox } from "./outbox.js";
import { session } from "../kit/session.js";
import { Message } from "./message.js";
import { OutboxItems } from "./outbox_items.js";
import { rowsOf } from "./timeline_rows.js";
import { useScrolling } from "./scrolling.js";
import { tick } from "../kit/time.js";
import { ArrowDownIcon } from "../kit/icons.js";

const MAX_MESSAGES = 400;
const TRIMMED_TO = 200;
const HIGHLIGHT_TIME = 1600;

/** Loads older pages, one at a time: `[loading, load]`. */
function useOlderPages(stream) {
  const [loading, setLoading] = useState(false);
  const busy = useRef(false);
  const load = async () => {
    const { start, entered } = streamOf(stream).get();
    if (busy.current || start || !entered) return;
    busy.current = true;
    setLoading(true);
    try {
      await loadOlder(stream);
    } catch (error) {
      console.debug("older messages not loaded", error.code); // The next scroll event tries again.
    }
    busy.current = false;
    setLoading(false);
  };
  return [loading, load];
}

/** Loads older pages while there is nothing to scroll, because most of what was loaded is hidden or has expired. */
function useFilling(box, { entered, start, oldest }, { rows, loading, loadPage }) {
  const online = useStore(connection, isOnline);
  const tried = useRef(null); // From where on: a page that fails is not requested again and again.
  useEffect(() => {
    if (!online) tried.current = null;
    const { scrollHeight, clientHeight } = box.current;
    const isDone = !online || !entered || start || loading || scrollHeight > clientHeight;
    if (isDone || tried.current === oldest) return;
    tried.current = oldest;
    loadPage();
  }, [online, entered, start, oldest, rows, loading]);
}

function useReadMarks(stream, seq, atEnd) {
  const online = useStore(connection, isOnline);
  useEffect(() => {
    const read = () => atEnd && online && seq && document.visibilityState === "visible" && markRead(stream, seq);
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [stream, seq, atEnd, online]);
}

/** The number of messages below that the reader has not seen since leaving the end, or since the last visit. */
function useUnseen(messages, atEnd, me, firstUnread) {
  const seen = useRef(0);
  const newest = messages.at(-1)?.seq ?? 0;
  if (atEnd) seen.current = newest;
  else if (atEnd === null) seen.current = firstUnread ? firstUnread - 1 : newest;
  return atEnd !== false ? 0 : messages.filter(({ seq, from }) => seq > seen.current && from.id !== me).length;
}

function JumpToEnd({ unseen, jump }) {
  return html`<button type="button" class="jump" data-testid="jump" onClick=${jump}>
    <${ArrowDownIcon} size=${18} />${unseen ? `${unseen} new` : "Latest"}
  </button>`;
}

function Row({ row, ...rest }) {
  if (row.kind === "day") return html`<h2 class="day"><span>${row.text}</span></h2>`;
  if (row.kind === "unread")
    return html`<p class="unread-line" data-unread-line><span>${row.first ? "New" : "New since you were here"}</span></p>`;
  return html`<${Message} message=${row.message} follows=${row.follows} ...${rest} />`;
}

/**
 * The timeline. `top` is shown before the first message, `on` has what the controls of messages call, `takeBack` puts an
 * unsent one into the composer, `moveFocus` is called when the focused element is removed; `frozen` stops automatic
 * scrolling.
 */
export function Timeline({ stream, label, firstUnread, top, on, takeBack, moveFocus, frozen }) {
  const state = useStore(streamOf(stream));
  const ids = useStore(hidden, (value) => value.ids);
  const unsent = useStore(outbox, (value) => value.items.filter((item) => item.stream === stream).length);
  const me = useStore(session, (value) => value.me?.id);
  const today = useStore(tick, () => new Date().toDateString());
  const [highlighted, highlight] = useState(null);
  const [loading, loadPage] = useOlderPages(stream);
  const { box, inner, atEnd, toEnd, pin, onScroll } = useScrolling({
    ready: state.entered,
    loadOlder: loadPage,
    frozen,
  });
  const controls = useMemo(() => ({ ...on, fold: pin }), [on]);
  const unseen = useUnseen(state.messages, atEnd, me, firstUnread);
  const rows = useMemo(
    () => rowsOf(state.messages, { hidden: ids, firstUnread }),
    [state.messages, ids, firstUnread, today],
  );
  const byId = useMemo(() => new Map(state.messages.map((message) => [message.id, message])), [state.messages]);
  useReadMarks(stream, state.messages.at(-1)?.seq ?? 0, atEnd);
  useEffect(() => unsent && toEnd(), [unsent]);
  useFilling(box, state, { rows: rows.length, loading, loadPage });
  useEffect(() => {
    if (atEnd && state.messages.length > MAX_MESSAGES) trim(stream, TRIMMED_TO);
  }, [atEnd, state.messages.length]);
  const show = useCallback((id) => {
    box.current.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: "center" });
    highlight(id);
    setTimeout(() => highlight(null), HIGHLIGHT_TIME);
  }, []);
  const silent = !state.entered || loading;
  const jump = () => {
    toEnd();
    box.current.focus({ preventScroll: true });
  };
  return html`<div class="timeline">
    <div class="scroller" ref=${box} onScroll=${onScroll} tabindex="0" role="region"
      aria-label=${`Messages in ${label}`}>
      <div class="messages" ref=${inner}>
        ${
          state.start
            ? top
            : html`<p class="loading soft" aria-hidden="true">${loading ? "Loading earlier messages …" : ""}</p>`
        }
        ${!state.entered && html`<${WhenOffline} what="Messages" />`}
        <div role="log" aria-live=${silent ? "off" : "polite"} aria-relevant="additions" aria-label="Messages">
          ${rows.map(
            (
              row,
            ) => html`<${Row} key=${row.key} row=${row} own=${row.message?.from.id === me} me=${me} show=${show}
              on=${controls} quoted=${byId.get(row.message?.replyTo)} highlighted=${row.key === highlighted} />`,
          )}
        </div>
        <${OutboxItems} stream=${stream} takeBack=${takeBack} moveFocus=${moveFocus} />
      </div>
    </div>
    ${atEnd === false && html`<${JumpToEnd} unseen=${unseen} jump=${jump} />`}
  </div>`;
}
