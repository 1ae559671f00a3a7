// The frame around every page of the application: navigation, connection status, toasts.
import { amount, html, UnreadBadge, useEffect, useRef, useState } from "./ui.js";
import { useStore } from "./store.js";
import { connection } from "./socket.js";
import { session } from "./session.js";
import { unread, unreadTotal } from "./unread.js";
import { addressOf, route } from "./router.js";
import { prefetch } from "./page_loader.js";
import { Toasts } from "./toast.js";
import { WifiOffIcon } from "./icons.js";

const OFFLINE_GRACE = 1200;

const Logo =
  () => html`<svg width="26" height="26" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-linecap="round"
    aria-hidden="true">
  <circle cx="16" cy="16" r="13.5" stroke-width="2" stroke-dasharray="68 17" transform="rotate(-62 16 16)" />
  <circle cx="16" cy="16" r="8.25" stroke-width="2.5" stroke-dasharray="38 14" transform="rotate(100 16 16)" />
  <circle cx="16" cy="16" r="3.6" fill="currentColor" stroke="none" /></svg>`;

/** The sum of unread messages, as the badge of a navigation link. */
export const TotalUnread = () => html`<${UnreadBadge} number=${useStore(unread, unreadTotal)} />`;

/** The balance, as the badge of a navigation link. Tests find it there unless the page itself shows the balance. */
export function Balance({ at }) {
  const { balance, me } = useStore(session);
  const testId = at.page.showsBalance ? null : "balance";
  return me && html`<span class="figure" data-testid=${testId}>${amount(balance)}</span>`;
}

/** Loads the page of a link as soon as a click on it is likely. */
const prefetching = (page) => ({
  onPointerEnter: () => prefetch(page),
  onTouchStart: () => prefetch(page),
  onFocus: () => prefetch(page),
});

const current = (at, page) => (at.page === page ? "page" : null);
const inNavigation = (pages, place) => pages.filter(({ nav }) => nav?.places.includes(place));

function Rail({ at, pages, children }) {
  const me = useStore(session, (state) => state.me);
  return html`<nav class="rail" aria-label="Konektor">
    <a class="wordmark" href="#/" aria-label="Konektor, your rooms"><${Logo} />Konektor</a>
    ${children}
    <div class="rail-links">${inNavigation(pages, "rail").map((page) => {
      const { label, icon: Icon, railBadge: Badge } = page.nav;
      return html`<a key=${page.name} class="rail-link" href=${addressOf(page.name)} aria-current=${current(at, page)}
        ...${prefetching(page)}><${Icon} />${label}${Badge && html`<${Badge} at=${at} />`}</a>`;
    })}
    </div>
    <p class="rail-me soft">${me && me.username}</p>
  </nav>`;
}

function Tabs({ at, pages }) {
  return html`<nav class="tabs" aria-label="Konektor">${inNavigation(pages, "tabs").map((page) => {
    const { label, icon: Icon, tabBadge: Badge } = page.nav;
    return html`<a key=${page.name} href=${addressOf(page.name)} aria-current=${current(at, page)}
      ...${prefetching(page)}>
      <span class="tab-icon"><${Icon} size=${22} />${Badge && html`<${Badge} at=${at} />`}</span>
      ${label}</a>`;
  })}
  </nav>`;
}

const STATUS = {
  connecting: "Connecting …",
  online: "Connected.",
  offline: "Offline – messages wait here and go out when the connection is back.",
  ended: "Your session has ended.",
};

/** The connection status: visible while something is wrong, announced politely when that lasts. */
function ConnectionStatus({ details }) {
  const state = useStore(connection, (value) => value.state);
  const [announcement, announce] = useState("");
  const previous = useRef(state);
  useEffect(() => {
    const isBack = state === "online" && previous.current === "offline";
    const timer = setTimeout(
      () => {
        previous.current = state;
        announce(state === "offline" ? STATUS.offline : isBack ? "Connected again." : "");
      },
      state === "offline" ? OFFLINE_GRACE : 0,
    );
    return () => clearTimeout(timer);
  }, [state]);
  const shown = state === "offline" || state === "ended";
  return html`<section class=${shown ? "connection shown" : "connection"} aria-label="Connection"
    data-testid="connection" data-state=${state}>
    ${shown && html`<${WifiOffIcon} size=${16} />`}
    <span class=${shown ? "" : "visually-hidden"}>${STATUS[state]}${shown && details}</span>
    <span class="visually-hidden" role="status">${announcement}</span>
  </section>`;
}

/** The frame. `rail` is what the rail lists above its links, `status` what the connection status adds while offline. */
export function Shell({ pages, rail, status, children }) {
  const at = useStore(route);
  return html`<div class="shell" data-page=${at.page.name}>
    <a class="skip" href="#main" onClick=${skipToContent}>Skip to the content</a>
    <${Rail} at=${at} pages=${pages}>${rail}<//>
    <div class="stage">
      <${ConnectionStatus} details=${status} />
      <main id="main" tabindex="-1">${children}</main>
    </div>
    <${Tabs} at=${at} pages=${pages} />
    <${Toasts} />
  </div>`;
}

function skipToContent(event) {
  event.preventDefault(); // The part of the address after # is the route.
  document.querySelector("#main").focus();
}
