// The page of a room: its date, its timeline, its members, the composer.
import { html, useEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask, connection, isOnline } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { isFirstPage } from "../kit/router.js";
import { read, write } from "../kit/local_storage.js";
import { memberKey } from "../kit/owner.js";
import { useMedia } from "../kit/use_media.js";
import { roomStream } from "../kit/stream_names.js";
import { addMessages, streamOf } from "./message_store.js";
import { firstUnreadOf, useUnreadLine } from "./unread_messages.js";
import { Failure, Head, Introduction } from "./room_head.js";
import { StreamTalk, useComposerFocus } from "./stream_talk.js";
import { asToday } from "./question.js";
import { setCounts, useRoomInfo } from "./room_info.js";
import { useParts } from "./parts.js";

const WIDE = matchMedia("(min-width: 75rem)");

/** Size of the messages in an answer, in bytes, above which the server may have cut its page short. */
const FULL_ANSWER = 128 * 1024;

const sizeOf = (messages) => new TextEncoder().encode(JSON.stringify(messages)).length;

/** Enters the room once there is a connection: `[{error, ad, firstUnread}, closeAd]`. */
function useRoom(label) {
  const stream = roomStream(label);
  const online = useStore(connection, isOnline);
  const [state, setState] = useState(() => {
    const { entered } = streamOf(stream).get();
    return { error: null, ad: null, firstUnread: entered ? firstUnreadOf(stream) : 0 };
  });
  useEffect(() => {
    if (!online || streamOf(stream).get().entered) return undefined;
    let active = true;
    const patch = (change) => setState((before) => ({ ...before, ...change }));
    ask("room:enter", { label }).then(
      (answer) => active && patch({ ...storeAnswer(label, answer), error: null }),
      (error) => active && error.code !== "OFFLINE" && patch({ error }),
    );
    return () => {
      active = false;
    };
  }, [label, online]);
  return [state, () => setState((before) => ({ ...before, ad: null }))];
}

/** Adds the answer to the stores. Runs together with the page's own change of state, so that both render once. */
function storeAnswer(label, { messages, seq, members, online, ad, question }) {
  const stream = roomStream(label);
  const start = messages.length < session.get().limits.history && sizeOf(messages) < FULL_ANSWER;
  const upTo = messages.at(-1)?.seq ?? 0;
  addMessages(stream, messages, { entered: true, followed: true, start, upTo, head: seq, question: asToday(question) });
  setCounts(label, { members, online });
  return { ad: ad ?? null, firstUnread: firstUnreadOf(stream) };
}

/**
 * Whether the member knows how messages fade, or this is no time to show it; and what remembers that they know. In the
 * room at which the application was opened it would move what is being read.
 */
function useFadeHint(stream, focusComposer) {
  const key = memberKey("fade");
  const [known, setKnown] = useState(() => Boolean(read(key)) || isFirstPage());
  const empty = useStore(streamOf(stream), (state) => state.messages.length === 0);
  const end = () => {
    write(key, "shown");
    setKnown(true);
    focusComposer();
  };
  return [known || empty, end];
}

/** The page of one room. */
export default function Room({ param: label }) {
  const stream = roomStream(label);
  const [{ error, ad, firstUnread }, closeAd] = useRoom(label);
  const line = useUnreadLine(stream, firstUnread);
  const [sheet, setSheet] = useState(false);
  const wide = useMedia(WIDE);
  const field = useRef(null);
  const control = useRef(null);
  const { Ad, FadeHint, Members } = useParts();
  const { own } = useRoomInfo(label);
  const focusComposer = useComposerFocus(field);
  const [explained, endExplanation] = useFadeHint(stream, focusComposer);
  const dismissAd = () => {
    closeAd();
    focusComposer();
  };
  if (error) return html`<${Failure} error=${error} />`;
  return html`<div class="room">
    <section class="room-main" aria-label=${`Room ${label}`}>
      <${Head} label=${label} wide=${wide} openMembers=${() => setSheet(true)} />
      <${StreamTalk} stream=${stream} label=${label} firstUnread=${line} field=${field} control=${control}
        top=${html`<${Introduction} label=${label} stream=${stream}
          answer=${(question) => control.current.answer(question)} />`}
        over=${ad && Ad && html`<${Ad} ad=${ad} close=${dismissAd} />`}
        hint=${!explained && (FadeHint ? html`<${FadeHint} close=${endExplanation} />` : html`<div class="fade-place" />`)} />
    </section>
    ${wide && own && (Members ? html`<${Members} label=${label} />` : html`<aside class="members" />`)}
    ${sheet && !wide && Members && html`<${Members} label=${label} sheet=${true} close=${() => setSheet(false)} />`}
  </div>`;
}
