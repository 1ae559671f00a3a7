// The page of a room: its date, its timeline, its members, the composer.
import { Avatar, html, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask, connection, isOnline } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { isFirstPage } from "../kit/router.js";
import { read, write } from "../kit/local_storage.js";
import { memberKey } from "../kit/owner.js";
import { touch } from "../kit/pointer.js";
import { roomStream } from "../kit/stream_names.js";
import { namesOf } from "../kit/member_names.js";
import { useMember } from "../kit/profiles.js";
import { addMessages, streamOf } from "./message_store.js";
import { typing } from "./live_messages.js";
import { deleteWithUndo } from "./deletions.js";
import { Timeline } from "./timeline.js";
import { firstUnreadOf, useUnreadLine } from "./unread_messages.js";
import { Composer } from "./composer.js";
import { prependDraft } from "./drafts.js";
import { Failure, Head, Introduction } from "./room_head.js";
import { asToday } from "./question.js";
import { setCounts, useRoomInfo } from "./room_info.js";
import { useParts } from "./parts.js";
import { react } from "./reactions.js";

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

function useWide() {
  const [wide, setWide] = useState(WIDE.matches);
  useEffect(() => {
    const onChange = () => setWide(WIDE.matches);
    WIDE.addEventListener("change", onChange);
    return () => WIDE.removeEventListener("change", onChange);
  }, []);
  return wide;
}

function TypingFace({ id }) {
  const member = useMember({ id });
  return member.username && html`<${Avatar} member=${member} size="xs" />`;
}

/** The names of those who are typing; drawn again when one of them becomes known. */
function TypingNames({ ids }) {
  useMember(ids[0] && { id: ids[0] });
  useMember(ids[1] && { id: ids[1] });
  return namesOf(ids);
}

function Typing({ stream }) {
  const ids = useStore(typing, (state) => state[stream]) ?? [];
  return html`<p class="typing" data-testid="typing" aria-live="off">${
    ids.length > 0 && html`${ids.slice(0, 3).map((id) => html`<${TypingFace} key=${id} id=${id} />`)}<i aria-hidden="true" /><span><span translate=${false}><${TypingNames} ids=${ids} /></span>${
      ids.length > 1 ? " are typing …" : " is typing …"
    }</span>`
  }</p>`;
}

/** What the composer refers to (`{reply, editing, takenBack}`), with the actions that change it. */
function useComposerContext(stream, focusComposer) {
  const [context, setContext] = useState({ reply: null, editing: null });
  const takeBack = useCallback(
    (item) => {
      prependDraft(stream, item.body);
      const reply = streamOf(stream).get().messages.find(({ id }) => id === item.replyTo) ?? null;
      setContext({ reply, editing: null, takenBack: item.cid });
    },
    [stream],
  );
  useLayoutEffect(focusComposer, [context.takenBack]);
  return {
    context,
    takeBack,
    reply: (message) => setContext({ reply: message, editing: null }),
    edit: (message) => setContext({ reply: null, editing: message }),
    cancel: () => setContext((before) => ({ ...before, reply: null, editing: null })),
    forget: (message) =>
      setContext((before) => (before.editing?.id === message.id ? { ...before, editing: null } : before)),
  };
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
  const [menu, setMenu] = useState(null);
  const [sheet, setSheet] = useState(false);
  const [reacted, showReactions] = useState(null);
  const wide = useWide();
  const field = useRef(null);
  const control = useRef(null);
  const { Ad, EmojiPicker, FadeHint, Members, Menu, ReactionList, actionsFor, headingOf } = useParts();
  const { own } = useRoomInfo(label);
  const focusComposer = useCallback(() => {
    if (!touch.matches) field.current?.focus();
  }, []);
  const [explained, endExplanation] = useFadeHint(stream, focusComposer);
  const { context, takeBack, reply, edit, cancel, forget } = useComposerContext(stream, focusComposer);
  const [picker, setPicker] = useState(null);
  const openEmoji = useCallback((opener, pick) => setPicker({ opener, pick }), []);
  // The same object for ever: each message renders again when it changes.
  const on = useMemo(
    () => ({
      menu: (message, opener) => setMenu((open) => (open?.opener === opener ? null : { message, opener })),
      reply,
      emoji: (message, opener) => openEmoji(opener, (emoji) => react(message, emoji)),
    }),
    [],
  );
  const remove = (message) => {
    deleteWithUndo(message);
    forget(message);
    focusComposer();
  };
  const dismissAd = () => {
    closeAd();
    focusComposer();
  };
  if (error) return html`<${Failure} error=${error} />`;
  return html`<div class="room">
    <section class="room-main" aria-label=${`Room ${label}`}>
      <${Head} label=${label} wide=${wide} openMembers=${() => setSheet(true)} />
      <div class="room-body">
        <${Timeline} stream=${stream} label=${label} firstUnread=${line} on=${on}
          takeBack=${takeBack} moveFocus=${focusComposer} frozen=${Boolean(menu || picker)}
          top=${html`<${Introduction} label=${label} stream=${stream}
            answer=${(question) => control.current.answer(question)} />`} />
        ${ad && Ad && html`<${Ad} ad=${ad} close=${dismissAd} />`}
      </div>
      <${Typing} stream=${stream} />
      <${Composer} key=${context.takenBack} stream=${stream} label=${label} context=${context} field=${field}
        control=${control} cancel=${cancel} edit=${edit} openEmoji=${openEmoji}
        hint=${!explained && (FadeHint ? html`<${FadeHint} close=${endExplanation} />` : html`<div class="fade-place" />`)} />
    </section>
    ${wide && own && (Members ? html`<${Members} label=${label} />` : html`<aside class="members" />`)}
    ${sheet && !wide && Members && html`<${Members} label=${label} sheet=${true} close=${() => setSheet(false)} />`}
    ${
      menu &&
      Menu &&
      html`<${Menu} opener=${menu.opener} close=${() => setMenu(null)} heading=${headingOf(menu.message)}
        react=${(emoji) => react(menu.message, emoji)} more=${() => on.emoji(menu.message, menu.opener)}
        actions=${actionsFor(menu.message, { reply, edit, remove, showReactions })} />`
    }
    ${reacted && html`<${ReactionList} message=${reacted} close=${() => showReactions(null)} />`}
    ${picker && EmojiPicker && html`<${EmojiPicker} ...${picker} close=${() => setPicker(null)} />`}
  </div>`;
}
