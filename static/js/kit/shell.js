// The frame around every page of the application: navigation, the word about the connection, notices.
import { html, useEffect, useRef, useState, amount } from "./ui.js";
import { useStore } from "./store.js";
import { connection } from "./socket.js";
import { session } from "./session.js";
import { outbox } from "../talk/outbox.js";
import { route, roomAddress } from "./router.js";
import { DateLabel } from "../talk/labels.js";
import { Toasts } from "./toast.js";
import { CoinsIcon, MailPlusIcon, MessageCircleIcon, SettingsIcon, WifiOffIcon } from "./icons.js";
import { hueOf } from "./hue.js";

const LINKS = [
  { page: "rooms", href: "#/", label: "Rooms", icon: MessageCircleIcon },
  { page: "invitations", href: "#/invitations", label: "Invitations", icon: MailPlusIcon },
  { page: "wallet", href: "#/wallet", label: "Wallet", icon: CoinsIcon },
  { page: "settings", href: "#/settings", label: "Settings", icon: SettingsIcon },
];

const Mark =
  () => html`<svg width="26" height="26" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-linecap="round"
    aria-hidden="true">
  <circle cx="16" cy="16" r="13.5" stroke-width="2" stroke-dasharray="68 17" transform="rotate(-62 16 16)" />
  <circle cx="16" cy="16" r="8.25" stroke-width="2.5" stroke-dasharray="38 14" transform="rotate(100 16 16)" />
  <circle cx="16" cy="16" r="3.6" fill="currentColor" stroke="none" /></svg>`;

/** How many messages wait to be read, as a small sign. */
export function Unread({ number }) {
  if (!number) return null;
  return html`<span class="unread">${number > 99 ? "99+" : number}<span class="out-of-sight"> unread</span></span>`;
}

function RoomLink({ room, at }) {
  return html`<a class="rail-room hued" style=${{ "--hue": hueOf(room.label) }} href=${roomAddress(room.label)}
    aria-current=${at.label === room.label ? "page" : null}>
    <${DateLabel} label=${room.label} /><${Unread} number=${room.unread} />
  </a>`;
}

function Rail({ at }) {
  const { rooms, balance, me } = useStore(session);
  return html`<nav class="rail" aria-label="Konektor">
    <a class="wordmark" href="#/" aria-label="Konektor, your rooms"><${Mark} />Konektor</a>
    <div class="rail-rooms">${rooms.map((room) => html`<${RoomLink} key=${room.label} room=${room} at=${at} />`)}</div>
    <div class="rail-links">${LINKS.slice(1).map(
      ({ page, href, label, icon: Icon }) => html`
      <a key=${page} class="rail-link" href=${href} aria-current=${at.page === page ? "page" : null}>
        <${Icon} />${label}
        ${page === "wallet" && me && html`<span class="figure"
          data-testid=${["room", "wallet"].includes(at.page) ? null : "balance"}>${amount(balance)}</span>`}
      </a>`,
    )}
    </div>
    <p class="rail-me soft">${me && me.username}</p>
  </nav>`;
}

function Tabs({ at }) {
  const unread = useStore(session, (state) => state.rooms.reduce((sum, room) => sum + room.unread, 0));
  return html`<nav class="tabs" aria-label="Konektor">${LINKS.map(
    ({ page, href, label, icon: Icon }) => html`
    <a key=${page} href=${href} aria-current=${at.page === page ? "page" : null}>
      <span class="tab-icon"><${Icon} size=${22} />${page === "rooms" && html`<${Unread} number=${unread} />`}</span>
      ${label}
    </a>`,
  )}
  </nav>`;
}

const WORDS = {
  connecting: "Connecting …",
  online: "Connected.",
  offline: "Offline – messages wait here and go out when the connection is back.",
  ended: "Your session has ended.",
};

/** The connection in words. Shown when something is wrong; said politely, and only when it lasts. */
function Connection() {
  const state = useStore(connection, (value) => value.state);
  const waiting = useStore(outbox, (value) => value.items.length);
  const [said, say] = useState("");
  const before = useRef(state);
  useEffect(() => {
    const back = state === "online" && before.current === "offline";
    const timer = setTimeout(
      () => {
        before.current = state;
        say(state === "offline" ? WORDS.offline : back ? "Connected again." : "");
      },
      state === "offline" ? 1200 : 0,
    );
    return () => clearTimeout(timer);
  }, [state]);
  const shown = state === "offline" || state === "ended";
  return html`<section class=${shown ? "connection shown" : "connection"} aria-label="Connection"
    data-testid="connection" data-state=${state}>
    ${shown && html`<${WifiOffIcon} size=${16} />`}
    <span class=${shown ? "" : "out-of-sight"}>${WORDS[state]}
      ${shown && waiting > 0 ? ` (${waiting} waiting)` : ""}</span>
    <span class="out-of-sight" role="status">${said}</span>
  </section>`;
}

/** The frame, with a page in it. */
export function Shell({ children }) {
  const at = useStore(route);
  return html`<div class="shell" data-page=${at.page}>
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Rail} at=${at} />
    <div class="stage">
      <${Connection} />
      <main id="main" tabindex="-1">${children}</main>
    </div>
    <${Tabs} at=${at} />
    <${Toasts} />
  </div>`;
}

function skip(event) {
  event.preventDefault(); // The part of the address behind # is the route.
  document.querySelector("#main").focus();
}
