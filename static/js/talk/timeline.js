// The messages of a room as one reads them: scrolled, paged, marked as read.
import { html, useCallback, useEffect, useMemo, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection } from "../kit/socket.js";
import { loadOlder, streamOf, trim } from "./message_store.js";
import { hidden } from "./deletions.js";
import { markRead } from "./live_messages.js";
import { outbox } from "./outbox.js";
import { session } from "../kit/session.js";
import { Message } from "./message.js";
import { Unsent } from "./outbox_items.js";
import { rowsOf } from "./timeline_rows.js";
import { useScrolling } from "./scrolling.js";
import { tick } from "../kit/time.js";
import { ArrowDownIcon } from "../kit/icons.js";

const MOST = 400;
const KEPT = 200;
const MARKED = 1600;

/** Loads older pages one at a time. */
function useOlder(stream) {
  const [loading, setLoading] = useState(false);
  const busy = useRef(false);
  const older = async () => {
    const { start, entered } = streamOf(stream).get();
    if (busy.current || start || !entered) return;
    busy.current = true;
    setLoading(true);
    try {
      await loadOlder(stream);
    } catch (error) {
      console.debug("older messages stay away for now", error.code);
    }
    busy.current = false;
    setLoading(false);
  };
  return [loading, older];
}

function useReading(stream, seq, atEnd) {
  const online = useStore(connection, (value) => value.state === "online");
  useEffect(() => {
    const read = () => atEnd && online && seq && document.visibilityState === "visible" && markRead(stream, seq);
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [stream, seq, atEnd, online]);
}

/** How many messages lie below that the reader has not seen: since they left the end, or since they were last here. */
function useMissed(messages, atEnd, me, firstUnread) {
  const seen = useRef(0);
  const newest = messages.at(-1)?.seq ?? 0;
  if (atEnd) seen.current = newest;
  else if (atEnd === null) seen.current = firstUnread ? firstUnread - 1 : newest;
  return atEnd !== false ? 0 : messages.filter(({ seq, from }) => seq > seen.current && from.id !== me).length;
}

function Jump({ missed, jump }) {
  return html`<button type="button" class="jump" data-testid="jump" onClick=${jump}>
    <${ArrowDownIcon} size=${18} />${missed ? `${missed} new` : "Latest"}
  </button>`;
}

function Row({ row, ...rest }) {
  if (row.kind === "day") return html`<h2 class="day"><span>${row.text}</span></h2>`;
  if (row.kind === "unread")
    return html`<p class="unread-line" data-unread-line><span>New since you were here</span></p>`;
  return html`<${Message} message=${row.message} follows=${row.follows} ...${rest} />`;
}

/** The timeline. `top` stands where the room begins; `open` opens a message's menu; `edit` takes an unsent one
    back; `away` moves the focus when what had it is gone; `still` keeps the words where they are. */
export function Timeline({ stream, label, firstUnread, top, open, edit, away, still }) {
  const state = useStore(streamOf(stream));
  const ids = useStore(hidden, (value) => value.ids);
  const unsent = useStore(outbox, (value) => value.items.filter((item) => item.stream === stream).length);
  const me = useStore(session, (value) => value.me?.id);
  const today = useStore(tick, () => new Date().toDateString());
  const [marked, setMarked] = useState(null);
  const [loading, older] = useOlder(stream);
  const { box, inner, atEnd, toEnd, scrolled } = useScrolling({ ready: state.entered, older, still });
  const missed = useMissed(state.messages, atEnd, me, firstUnread);
  const rows = useMemo(
    () => rowsOf(state.messages, { hidden: ids, firstUnread }),
    [state.messages, ids, firstUnread, today],
  );
  const byId = useMemo(() => new Map(state.messages.map((message) => [message.id, message])), [state.messages]);
  useReading(stream, state.messages.at(-1)?.seq ?? 0, atEnd);
  useEffect(() => unsent && toEnd(), [unsent]);
  useEffect(() => {
    if (atEnd && state.messages.length > MOST) trim(stream, KEPT);
  }, [atEnd, state.messages.length]);
  const show = useCallback((id) => {
    box.current.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: "center" });
    setMarked(id);
    setTimeout(() => setMarked(null), MARKED);
  }, []);
  const quiet = !state.entered || loading;
  const jump = () => {
    toEnd();
    box.current.focus({ preventScroll: true });
  };
  return html`<div class="timeline">
    <div class="scroller" ref=${box} onScroll=${scrolled} tabindex="0" role="region"
      aria-label=${`Messages in ${label}`}>
      <div class="lines" ref=${inner}>
        ${state.start ? top : html`<p class="loading soft" aria-hidden="true">${loading ? "Older words …" : ""}</p>`}
        <div role="log" aria-live=${quiet ? "off" : "polite"} aria-relevant="additions" aria-label="Messages">
          ${rows.map(
            (
              row,
            ) => html`<${Row} key=${row.key} row=${row} own=${row.message?.from.id === me} me=${me} show=${show}
              open=${open}
            quoted=${byId.get(row.message?.replyTo)} marked=${row.key === marked} />`,
          )}
        </div>
        <${Unsent} stream=${stream} edit=${edit} away=${away} />
      </div>
    </div>
    ${atEnd === false && html`<${Jump} missed=${missed} jump=${jump} />`}
  </div>`;
}
