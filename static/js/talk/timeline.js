// The timeline of a stream: its messages with scrolling, older pages and read marks.
import { WhenOffline, html, useCallback, useEffect, useMemo, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { loadOlder, streamOf, trim } from "./message_store.js";
import { keepSmall, leavePast, loadNewerPast, loadOlderPast, refreshPast, shownOf } from "./past_messages.js";
import { jumpTo, useJumps } from "./jumps.js";
import { hidden } from "./deletions.js";
import { markRead } from "./live_messages.js";
import { outbox } from "./outbox.js";
import { session } from "../kit/session.js";
import { Message } from "./message.js";
import { OutboxItems } from "./outbox_items.js";
import { rowsOf } from "./timeline_rows.js";
import { useScrolling } from "./scrolling.js";
import { tick } from "../kit/time.js";
import { ArrowDownIcon, ArrowUpIcon } from "../kit/icons.js";

const MAX_MESSAGES = 400;
const TRIMMED_TO = 200;
const HIGHLIGHT_TIME = 1600;

/** Loads further pages, one at a time: `{loading, older, newer}`. */
function usePages(stream) {
  const [loading, setLoading] = useState(false);
  const busy = useRef(false);
  const load = async (run) => {
    if (busy.current) return;
    busy.current = true;
    setLoading(true);
    try {
      await run(stream);
    } catch (error) {
      console.debug("messages not loaded", error.code); // The next scroll event tries again.
    }
    busy.current = false;
    setLoading(false);
  };
  const older = () => {
    const { entered, past, start } = streamOf(stream).get();
    if (past && !past.start) load(loadOlderPast);
    else if (!past && entered && !start) load((name) => loadOlder(name).then(() => keepSmall(name)));
  };
  const newer = () => streamOf(stream).get().past && load(loadNewerPast);
  const online = useStore(connection, isOnline);
  useEffect(() => {
    if (online) load(refreshPast);
  }, [online]);
  return { loading, older, newer };
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

/** The way to the first unread message, where that is further back than what is shown. */
function JumpToUnread({ stream, firstUnread, shown }) {
  const [done, setDone] = useState(false);
  if (done || !firstUnread || firstUnread >= shown.oldest || shown.oldest === Infinity) return null;
  const jump = () => {
    setDone(true);
    jumpTo(stream, firstUnread);
  };
  return html`<button type="button" class="jump to-unread" data-testid="jump-to-unread" onClick=${jump}>
    <${ArrowUpIcon} size=${18} />First unread</button>`;
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
 * scrolling. `Receipt` draws how far an own message has come.
 */
export function Timeline({ stream, label, firstUnread, top, on, takeBack, moveFocus, frozen, Receipt }) {
  const state = useStore(streamOf(stream));
  const shown = shownOf(state);
  const line = firstUnread >= shown.oldest ? firstUnread : 0;
  const ids = useStore(hidden, (value) => value.ids);
  const unsent = useStore(outbox, (value) => value.items.filter((item) => item.stream === stream).length);
  const me = useStore(session, (value) => value.me?.id);
  const today = useStore(tick, () => new Date().toDateString());
  const [highlighted, highlight] = useState(null);
  const { loading, older, newer } = usePages(stream);
  const { box, inner, atEnd, toEnd, pin, onScroll } = useScrolling({
    ready: state.entered || state.restored,
    loadOlder: older,
    loadNewer: newer,
    detached: Boolean(state.past),
    frozen,
  });
  const controls = useMemo(() => ({ ...on, fold: pin }), [on]);
  const unseen = useUnseen(state.messages, atEnd, me, firstUnread);
  const rows = useMemo(
    () => rowsOf(shown.messages, { hidden: ids, firstUnread: line }),
    [shown.messages, ids, line, today],
  );
  const byId = useMemo(() => new Map(shown.messages.map((message) => [message.id, message])), [shown.messages]);
  useReadMarks(stream, state.messages.at(-1)?.seq ?? 0, atEnd);
  const jump = () => {
    leavePast(stream);
    toEnd();
    box.current.focus({ preventScroll: true });
  };
  useEffect(() => {
    if (unsent) leavePast(stream);
    if (unsent) toEnd();
  }, [unsent]);
  useEffect(() => () => leavePast(stream), [stream]);
  useFilling(box, { ...state, ...shown }, { rows: rows.length, loading, loadPage: older });
  useEffect(() => {
    if (atEnd && state.messages.length > MAX_MESSAGES) trim(stream, TRIMMED_TO);
  }, [atEnd, state.messages.length]);
  const show = useCallback((id) => {
    box.current.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: "center" });
    highlight(id);
    setTimeout(() => highlight(null), HIGHLIGHT_TIME);
  }, []);
  useJumps(stream, { ready: state.entered, shown, show });
  const silent = !state.entered || loading || Boolean(state.past);
  return html`<div class="timeline">
    <div class="scroller" ref=${box} onScroll=${onScroll} tabindex="0" role="region"
      aria-label=${`Messages in ${label}`}>
      <div class="messages" ref=${inner}>
        ${
          shown.start
            ? top
            : html`<p class="loading soft" aria-hidden="true">${loading ? "Loading earlier messages …" : ""}</p>`
        }
        ${!state.entered && html`<${WhenOffline} what=${state.messages.length ? "Other messages" : "Messages"} />`}
        <div role="log" aria-live=${silent ? "off" : "polite"} aria-relevant="additions" aria-label="Messages">
          ${rows.map(
            (
              row,
            ) => html`<${Row} key=${row.key} row=${row} own=${row.message?.from.id === me} me=${me} show=${show}
              on=${controls} quoted=${byId.get(row.message?.replyTo)} Receipt=${Receipt} highlighted=${row.key === highlighted} />`,
          )}
        </div>
        <${OutboxItems} stream=${stream} takeBack=${takeBack} moveFocus=${moveFocus} />
      </div>
    </div>
    <${JumpToUnread} stream=${stream} firstUnread=${firstUnread} shown=${shown} />
    ${atEnd === false && html`<${JumpToEnd} unseen=${unseen} jump=${jump} />`}
  </div>`;
}
