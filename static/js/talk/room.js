// A room's page: its date, its words, who is here, the composer.
import { Title, amount, html, useCallback, useEffect, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask, connection } from "../kit/socket.js";
import { put, streamOf } from "./message_store.js";
import { session, patchRoom } from "../kit/session.js";
import { writers } from "./live_messages.js";
import { deleteSoon } from "./deletions.js";
import { namesOf } from "../kit/member_names.js";
import { read, write } from "../kit/local_storage.js";
import { copy } from "../kit/clipboard.js";
import { toast } from "../kit/toast.js";
import { hueOf } from "../kit/hue.js";
import { DateLabel, belongs, inWords, othersOf } from "./labels.js";
import { Timeline } from "./timeline.js";
import { Composer, editable } from "./composer.js";
import { Members } from "./members.js";
import { Menu } from "../kit/menu.js";
import { Ad } from "./ad.js";
import { react } from "./message.js";
import { ArrowLeftIcon, CopyIcon, PencilIcon, ReplyIcon, Trash2Icon, UsersIcon } from "../kit/icons.js";

const WIDE = matchMedia("(min-width: 75rem)");
const MODERATORS = new Set(["mod", "admin"]);

const unreadFrom = (label, head) => {
  const unread = session.get().rooms.find((room) => room.label === label)?.unread ?? 0;
  return unread ? head - unread + 1 : 0;
};

/** Enters the room once there is a connection. */
function useEntry(label) {
  const stream = `r:${label}`;
  const online = useStore(connection, (state) => state.state === "online");
  const [entry, setEntry] = useState(() => {
    const { entered, last } = streamOf(stream).get();
    return { error: null, ad: null, firstUnread: entered ? unreadFrom(label, last) : 0 };
  });
  useEffect(() => {
    if (!online || streamOf(stream).get().entered) return undefined;
    let here = true;
    ask("room:enter", { label }).then(
      (found) => here && setEntry((before) => ({ ...before, ...take(label, found), error: null })),
      (error) => here && error.code !== "OFFLINE" && setEntry((before) => ({ ...before, error })),
    );
    return () => {
      here = false;
    };
  }, [label, online]);
  return [entry, () => setEntry((before) => ({ ...before, ad: null }))];
}

/** Bytes of messages above which an answer may have been cut short of its full page. */
const CUT = 128 * 1024;

function sizeOf(messages) {
  return new TextEncoder().encode(JSON.stringify(messages)).length;
}

/** Takes over what was found on entering: in one go with the page's own state, so that it is drawn once. */
function take(label, { messages, seq, members, online, ad }) {
  const firstUnread = unreadFrom(label, seq);
  const start = messages.length < session.get().limits.history && sizeOf(messages) < CUT;
  put(`r:${label}`, messages, { entered: true, followed: true, start, upTo: messages.at(-1)?.seq ?? 0 });
  patchRoom(label, { members, online });
  return { ad: ad ?? null, firstUnread };
}

function useWide() {
  const [wide, setWide] = useState(WIDE.matches);
  useEffect(() => {
    const change = () => setWide(WIDE.matches);
    WIDE.addEventListener("change", change);
    return () => WIDE.removeEventListener("change", change);
  }, []);
  return wide;
}

function Typing({ stream }) {
  const ids = useStore(writers, (state) => state[stream]) ?? [];
  return html`<p class="typing" data-testid="typing" aria-live="off">${ids.length > 0 && html`<i aria-hidden="true" />
    ${namesOf(ids)} ${ids.length > 1 ? "are" : "is"} writing …`}</p>`;
}

function Top({ label, empty, own }) {
  return html`<header class="room-top">
    <p class="room-date" aria-hidden="true"><${DateLabel} label=${label} /></p>
    <p>The room of ${own ? belongs(label) : othersOf(label)}.
      <span class="soft">What is said here can be read for 24 hours.</span></p>
    ${empty && html`<p
      class="room-empty">Nobody has said anything since yesterday. Tell them what today
      looks like where you are, or <a href="#/invitations">invite somebody</a> to say it to.</p>`}
  </header>`;
}

function Head({ label, openMembers, wide }) {
  const room = useStore(session, (state) => state.rooms.find((item) => item.label === label));
  return html`<header class="room-head">
    <a class="icon-button back" href="#/" aria-label="Back to your rooms"><${ArrowLeftIcon} /></a>
    <${Title}><${DateLabel} label=${label} /><//>
    <p class="room-words soft">${inWords(label)}</p>
    ${
      wide
        ? html`<p class="room-count soft">${room && `${amount(room.online)} here`}</p>`
        : html`<button type="button" class="room-count" aria-haspopup="dialog" onClick=${openMembers}><${UsersIcon}
          size=${18} />${room ? `${amount(room.online)} here` : "Members"}</button>`
    }
  </header>`;
}

/** What a member may do with a message. */
function actionsFor(message, { about, copied, remove }) {
  const { me, limits } = session.get();
  const own = message.from.id === me.id;
  return [
    { label: "Answer", icon: ReplyIcon, run: () => about({ reply: message, editing: null }) },
    { label: "Copy the words", icon: CopyIcon, run: copied },
    editable(message, { me, limits }) && {
      label: "Edit",
      icon: PencilIcon,
      run: () => about({ reply: null, editing: message }),
    },
    (own || MODERATORS.has(me.role)) && {
      label: "Delete",
      icon: Trash2Icon,
      danger: true,
      run: () => remove(message),
    },
  ].filter(Boolean);
}

async function copyWords(message) {
  toast((await copy(message.body)) ? "Copied." : "This browser does not let us copy; select the words instead.");
}

/** The page of one room. */
export function Room({ label }) {
  const stream = `r:${label}`;
  const [{ error, ad, firstUnread }, closeAd] = useEntry(label);
  const [about, setAbout] = useState({ reply: null, editing: null });
  const [menu, setMenu] = useState(null);
  const [sheet, setSheet] = useState(false);
  const wide = useWide();
  const field = useRef(null);
  const own = useStore(session, (state) => !state.me || state.rooms.some((room) => room.label === label));
  const empty = useStore(streamOf(stream), (state) => state.messages.length === 0);
  const open = useCallback(
    (message, opener) => setMenu((now) => (now?.opener === opener ? null : { message, opener })),
    [],
  );
  const takeBack = useCallback(
    (item) => {
      const me = session.get().me.id;
      const key = `konektor.draft.${me}.${stream}`;
      write(key, [item.body, read(key)].filter(Boolean).join("\n\n"));
      const reply = streamOf(stream).get().messages.find(({ id }) => id === item.replyTo) ?? null;
      setAbout({ reply, editing: null, taken: item.cid });
    },
    [stream],
  );
  const toComposer = useCallback(() => {
    if (!matchMedia("(pointer: coarse)").matches) field.current?.focus();
  }, []);
  useLayoutEffect(toComposer, [about.taken]);
  const remove = (message) => {
    deleteSoon(message);
    setAbout((now) => (now.editing?.id === message.id ? { ...now, editing: null } : now));
    toComposer();
  };
  const dismissAd = () => {
    closeAd();
    toComposer();
  };
  if (error) {
    return html`<div class="page-body"><header class="page-head"><${Title}>
      ${error.code === "FORBIDDEN" ? "This room belongs to another day" : "The room did not open"}<//>
      <p class="soft">${error.message}</p></header>
      <p><a class="button" href="#/">Back to your rooms</a></p></div>`;
  }
  return html`<div class="room hued" style=${{ "--hue": hueOf(label) }}>
    <section class="room-main" aria-label=${`Room ${label}`}>
      <${Head} label=${label} wide=${wide} openMembers=${() => setSheet(true)} />
      <div class="room-body">
        <${Timeline} stream=${stream} label=${label} firstUnread=${firstUnread} open=${open} edit=${takeBack}
          away=${toComposer} still=${Boolean(menu)}
          top=${html`<${Top} label=${label} empty=${empty} own=${own} />`} />
        ${ad && html`<${Ad} ad=${ad} close=${dismissAd} />`}
      </div>
      <${Typing} stream=${stream} />
      <${Composer} key=${about.taken} stream=${stream} label=${label} about=${about} field=${field}
        cancel=${() => setAbout((now) => ({ ...now, reply: null, editing: null }))}
          edit=${(message) => setAbout({ reply: null, editing: message })} />
    </section>
    ${wide ? own && html`<${Members} label=${label} />` : sheet && html`<${Members} label=${label} sheet=${true}
      close=${() => setSheet(false)} />`}
    ${
      menu &&
      html`<${Menu} opener=${menu.opener} close=${() => setMenu(null)} react=${(emoji) => react(menu.message, emoji)}
      actions=${actionsFor(menu.message, { about: setAbout, copied: () => copyWords(menu.message), remove })} />`
    }
  </div>`;
}
