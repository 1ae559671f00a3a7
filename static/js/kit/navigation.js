// The navigation: a rail on wide screens, a bar on phones, and what stands in them beside the links.
import { Avatar, UnreadBadge, amount, html } from "./ui.js";
import { useStore } from "./store.js";
import { session } from "./session.js";
import { unread, unreadInMessages, unreadInRooms } from "./unread.js";
import { addressOf, parentOf } from "./router.js";
import { prefetch } from "./page_loader.js";
import { SwitcherButton } from "./shortcuts.js";
import { ArrowLeftIcon } from "./icons.js";

const Logo =
  () => html`<svg width="26" height="26" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-linecap="round"
    aria-hidden="true">
  <circle cx="16" cy="16" r="13.5" stroke-width="2" stroke-dasharray="68 17" transform="rotate(-62 16 16)" />
  <circle cx="16" cy="16" r="8.25" stroke-width="2.5" stroke-dasharray="38 14" transform="rotate(100 16 16)" />
  <circle cx="16" cy="16" r="3.6" fill="currentColor" stroke="none" /></svg>`;

/** The sum of unread messages in rooms, as the badge of a navigation link. */
export const RoomsUnread = () => html`<${UnreadBadge} number=${useStore(unread, unreadInRooms)} />`;

/** The same for direct conversations and groups. */
export const MessagesUnread = () => html`<${UnreadBadge} number=${useStore(unread, unreadInMessages)} />`;

/** The balance, as a figure beside a link. Tests find it there unless the page itself shows the balance. */
export function Balance({ at, tests }) {
  const { balance, me } = useStore(session);
  const testId = tests && !at.page.showsBalance ? "balance" : null;
  return me && html`<span class="figure" translate=${false}><span data-testid=${testId}
    data-value=${balance}>${amount(balance)}</span><span class="visually-hidden"> tokens</span></span>`;
}

/** The member's own face and name, in place of an icon. */
export function OwnName({ label }) {
  const me = useStore(session, (state) => state.me);
  return html`<span class="avatar-box">${me ? html`<${Avatar} member=${me} size="s" />` : html`<span
    class="avatar s" />`}</span>
    <span class="rail-you"><span>${label}</span><span class="soft small" translate=${false}>${me?.username}</span></span>`;
}

/** Loads the page of a link as soon as a click on it is likely. */
export const prefetching = (page) => ({
  onPointerEnter: () => prefetch(page),
  onTouchStart: () => prefetch(page),
  onFocus: () => prefetch(page),
});

/** `page` for the page that is shown, `true` for the destination that it belongs to. */
function currency(at, page) {
  if (at.page === page) return "page";
  return at.page.under === page.name ? "true" : null;
}

function RailLink({ at, page }) {
  const { label, icon: Icon, badge: Badge, name: Name, figure: Figure } = page.nav;
  return html`<a class="rail-link" href=${addressOf(page.name)} aria-current=${currency(at, page)}
    ...${prefetching(page)}>
    ${Name ? html`<${Name} label=${label} />` : html`<${Icon} /><span>${label}</span>`}
    ${Badge && html`<${Badge} />`}${Figure && html`<${Figure} at=${at} tests=${true} />`}</a>`;
}

/** The navigation of wide screens. */
export function Rail({ at, destinations }) {
  const above = destinations.filter(({ nav }) => !nav.atFoot);
  const below = destinations.filter(({ nav }) => nav.atFoot);
  return html`<nav class="rail" aria-label="Konektor">
    <a class="wordmark" href="#/" aria-label="Konektor, your rooms"><${Logo} />Konektor</a>
    ${above.map((page) => {
      const List = page.nav.list;
      return html`<div key=${page.name}><${RailLink} at=${at} page=${page} />${List && html`<${List} />`}</div>`;
    })}
    <div class="rail-foot"><${SwitcherButton} />${below.map((page) => html`<${RailLink} key=${page.name} at=${at} page=${page} />`)}</div>
  </nav>`;
}

/** The navigation of phones. */
export function Tabs({ at, destinations }) {
  return html`<nav class="tabs" aria-label="Konektor">${destinations.map((page) => {
    const { label, icon: Icon, badge: Badge } = page.nav;
    return html`<a key=${page.name} href=${addressOf(page.name)} aria-current=${currency(at, page)}
      ...${prefetching(page)}>
      <span class="tab-icon"><${Icon} size=${22} />${Badge && html`<${Badge} />`}</span>
      ${label}</a>`;
  })}
  </nav>`;
}

/** The way back from a page that is listed on another one; phones show it, where the rail is not in sight. */
export function LinkBack({ at }) {
  const parent = at.page.card && parentOf(at.page);
  if (!parent) return null;
  return html`<a class="link-back" href=${addressOf(parent.name)}><${ArrowLeftIcon} size=${18} />${parent.nav.label}</a>`;
}
