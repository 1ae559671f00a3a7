// The pages of the application: address, title, place in the navigation, and module of each.
import { Balance, TotalUnread } from "./kit/shell.js";
import { CoinsIcon, MailPlusIcon, MessageCircleIcon, SettingsIcon } from "./kit/icons.js";
import { isLabel } from "./talk/labels.js";
import Room from "./talk/room.js";
import Rooms from "./talk/rooms.js";

/*
 * The first page is also shown for unknown addresses. Of each page:
 *
 * name          as links and stylesheets call it
 * path          the first part of the address after `#/`
 * accepts       whether a text may be the second part, `param`, where the page takes one
 * title         of the document; a page with a `param` shows that instead
 * nav           `{label, icon, places}` with a `railBadge` and a `tabBadge` component; none for a page without a link
 * showsBalance  true when the page itself shows the balance
 * component     of the pages that a member sees first, which are part of the first paint
 * load, style   the module, with the page as its default export, and the stylesheet (in static/css/) of the others,
 *               loaded on demand
 */
export const PAGES = [
  {
    name: "rooms",
    path: "",
    title: "Your rooms",
    nav: { label: "Rooms", icon: MessageCircleIcon, places: ["tabs"], tabBadge: TotalUnread },
    component: Rooms,
  },
  { name: "room", path: "r", accepts: isLabel, showsBalance: true, component: Room },
  {
    name: "invitations",
    path: "invitations",
    title: "Invitations",
    nav: { label: "Invitations", icon: MailPlusIcon, places: ["rail", "tabs"] },
    load: () => import("./members/invitations.js"),
    style: "members/invitations.css",
  },
  {
    name: "wallet",
    path: "wallet",
    title: "Wallet",
    nav: { label: "Wallet", icon: CoinsIcon, places: ["rail", "tabs"], railBadge: Balance },
    showsBalance: true,
    load: () => import("./tokens/wallet.js"),
    style: "tokens/wallet.css",
  },
  {
    name: "settings",
    path: "settings",
    title: "Settings",
    nav: { label: "Settings", icon: SettingsIcon, places: ["rail", "tabs"] },
    load: () => import("./members/settings.js"),
    style: "members/settings.css",
  },
];
