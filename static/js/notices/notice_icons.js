// Icons of notices (lucide-static 1.62.0, ISC licence, see vendor/README.md).
import { html } from "../kit/ui.js";
import { AtSignIcon, BellIcon, HeartIcon, ReplyIcon, UserPlusIcon, icon } from "../kit/icons.js";

const ShieldIcon = icon(() => html`<path d="M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z" /><path d="m9 12 2 2 4-4" />`);

const ICONS = { request: UserPlusIcon, matched: HeartIcon, mention: AtSignIcon, reply: ReplyIcon, account: ShieldIcon };

/** The icon of a kind of notices. */
export const iconOf = (kind) => ICONS[kind] ?? BellIcon;
