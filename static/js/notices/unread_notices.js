// The number of unread notices, which is the same on all devices, as the badge of the link to them.
import { html } from "../kit/ui.js";
import { createStore, useStore } from "../kit/store.js";
import { on } from "../kit/socket.js";
import { onHello } from "../kit/session.js";

const MOST = 99;

/** `unread`: how many; 100 stands for that many or more. */
export const notices = createStore({ unread: 0 });

/** Takes over how many are unread. */
export const takeUnread = (unread = 0) => notices.set({ unread });

/** Follows the number. */
export function followNotices() {
  onHello(async ({ notices: unread }) => takeUnread(unread));
  on("notice:new", ({ unread }) => takeUnread(unread));
  on("notice:read", ({ unread }) => takeUnread(unread));
}

/** The number, as a badge. */
export function UnreadNotices() {
  const { unread } = useStore(notices);
  if (!unread) return null;
  return html`<span class="unread" data-testid="notices">${unread > MOST ? `${MOST}+` : unread}<span
    class="visually-hidden"> new</span></span>`;
}
