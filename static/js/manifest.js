// The pages of the application: address, title, place in the navigation, and module of each.
import { Balance, MessagesUnread, OwnName, RoomsUnread } from "./kit/navigation.js";
import { BanIcon, BellIcon, CalendarIcon, CoinsIcon, CompassIcon, MailPlusIcon, MessageCircleIcon } from "./kit/icons.js";
import { SettingsIcon, UserIcon, UserPlusIcon, UsersIcon } from "./kit/icons.js";
import { hueOf } from "./kit/hue.js";
import { isPrivate } from "./kit/stream_names.js";
import { isLabel } from "./talk/labels.js";
import { WaitingRequests } from "./people/waiting_requests.js";
import { UnreadNotices } from "./notices/unread_notices.js";
import { RoomLinks } from "./talk/room_links.js";
import Rooms from "./talk/rooms.js";

/*
 * The first page is also shown for unknown addresses. Of each page:
 *
 * name          as links and stylesheets call it
 * path          the first part of the address after `#/`
 * accepts       whether a text may be the second part, `param`, where the page takes one
 * steady        true when the page stays as it is while its `param` changes
 * hue           the hue of the whole frame for a `param`; the member's own without it
 * title         of the document; a page without one shows its `param`
 * nav           of a destination: `{label, icon, badge}`, in the rail also `list`, below its link, and with `atFoot`
 *               a place at the foot with `name` as the second line and `figure` at the end; components all of them
 * under         the destination that a page without `nav` belongs to; with a `card` (`{icon, text, figure}`) it is
 *               listed there and has a link back on phones; with a `tab` (`{icon, badge}`) it is a tab of it
 * showsBalance  true when the page itself shows the balance
 * component     of the pages that a member sees first, which are part of the first paint
 * load, style   the module, with the page as its default export, and the stylesheet or stylesheets (in static/css/) of
 *               the others, loaded on demand
 * soon          true when that page is loaded 1.5 s after connecting, the others 10 s after, so that they open at once
 */
export const PAGES = [
  {
    name: "rooms",
    path: "",
    title: "Your rooms",
    nav: { label: "Rooms", icon: CalendarIcon, badge: RoomsUnread, list: RoomLinks },
    component: Rooms,
  },
  {
    name: "room",
    path: "r",
    accepts: isLabel,
    hue: hueOf,
    under: "rooms",
    showsBalance: true,
    soon: true,
    load: () => import("./talk/room.js"),
    style: ["talk/room.css", "talk/message.css", "talk/message_body.css", "talk/composer.css", "talk/question.css"],
  },
  {
    name: "member",
    path: "member",
    accepts: (text) => /^[0-9a-f]{24}$/.test(text),
    title: "Profile",
    under: "rooms",
    load: () => import("./people/profile_card_page.js"),
    style: ["people/profile_card_content.css", "people/note_form.css", "kit/confirm_dialog.css"],
  },
  {
    name: "discover",
    path: "discover",
    title: "Discover",
    nav: { label: "Discover", icon: CompassIcon, badge: WaitingRequests },
    soon: true,
    load: () => import("./people/deck.js"),
    style: [
      "kit/page_tabs.css",
      "people/deck.css",
      "people/deck_card.css",
      "people/deck_controls.css",
      "people/deck_filter_sheet.css",
      "people/note_form.css",
    ],
  },
  {
    name: "requests",
    path: "requests",
    title: "Requests",
    under: "discover",
    tab: { icon: UserPlusIcon, badge: WaitingRequests },
    load: () => import("./people/requests.js"),
    style: ["kit/page_tabs.css", "kit/tab_list.css", "people/person.css"],
  },
  {
    name: "friends",
    path: "friends",
    title: "Friends",
    under: "discover",
    tab: { icon: UsersIcon },
    load: () => import("./people/friends.js"),
    style: ["kit/page_tabs.css", "kit/confirm_dialog.css", "people/person.css"],
  },
  {
    name: "messages",
    path: "messages",
    accepts: (text) => !text || isPrivate(text),
    steady: true,
    title: "Messages",
    nav: { label: "Messages", icon: MessageCircleIcon, badge: MessagesUnread },
    soon: true,
    load: () => import("./conversations/messages.js"),
    style: [
      "talk/room.css",
      "talk/message.css",
      "talk/message_body.css",
      "talk/composer.css",
      "talk/question.css",
      "people/person.css",
      "conversations/messages.css",
      "conversations/conversation_row.css",
      "conversations/search_results.css",
      "conversations/conversation.css",
      "conversations/conversation_head.css",
    ],
  },
  {
    name: "notices",
    path: "notices",
    title: "Notices",
    nav: { label: "Notices", icon: BellIcon, badge: UnreadNotices },
    load: () => import("./notices/notices.js"),
    style: "notices/notices.css",
  },
  {
    name: "you",
    path: "you",
    title: "You",
    nav: { label: "You", icon: UserIcon, atFoot: true, name: OwnName, figure: Balance },
    load: () => import("./members/you.js"),
    style: ["members/you.css", "people/availability.css"],
  },
  {
    name: "profile",
    path: "profile",
    title: "Your profile",
    under: "you",
    card: { icon: UserIcon, text: "Your picture, and what you say about yourself." },
    load: () => import("./people/profile_editor.js"),
    style: ["people/profile_card_content.css", "people/profile_editor.css", "members/settings.css"],
  },
  {
    name: "invitations",
    path: "invitations",
    title: "Invitations",
    under: "you",
    card: { icon: MailPlusIcon, text: "Bring people you know to your rooms." },
    load: () => import("./members/invitations.js"),
    style: "members/invitations.css",
  },
  {
    name: "wallet",
    path: "wallet",
    title: "Wallet",
    under: "you",
    card: { icon: CoinsIcon, text: "What you’ve spent.", figure: Balance },
    showsBalance: true,
    load: () => import("./tokens/wallet.js"),
    style: "tokens/wallet.css",
  },
  {
    name: "settings",
    path: "settings",
    title: "Settings",
    under: "you",
    card: { icon: SettingsIcon, text: "Appearance, notifications, privacy, devices." },
    load: () => import("./members/settings.js"),
    style: "members/settings.css",
  },
  {
    name: "blocked",
    path: "blocked",
    title: "Blocked people",
    under: "you",
    card: { icon: BanIcon, text: "You don’t see each other anywhere." },
    load: () => import("./people/blocked.js"),
    style: ["kit/confirm_dialog.css", "people/person.css"],
  },
];
