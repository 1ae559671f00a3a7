// The actions that a member may take on a message.
import { session } from "../kit/session.js";
import { copy } from "../kit/clipboard.js";
import { touch } from "../kit/pointer.js";
import { toast } from "../kit/toast.js";
import { clock, goneIn } from "../kit/time.js";
import { CopyIcon, PencilIcon, ReplyIcon, SmileIcon, TextSelectIcon, Trash2Icon, UserIcon } from "../kit/icons.js";
import { openProfile } from "../people/open_profile.js";
import { isEditable } from "./editing.js";

const MODERATORS = new Set(["mod", "admin"]);

async function copyBody(message) {
  toast((await copy(message.body)) ? "Copied." : "This browser does not let us copy. Select the text instead.");
}

/** Lets a part of a message be selected on a touch screen, where a long press opens the menu. */
function selectText({ id }) {
  const body = document.querySelector(`[data-id="${id}"] .body`);
  body?.classList.add("selectable");
  if (body) getSelection().selectAllChildren(body);
}

/** What the menu says of a message: when it was sent, and how long it can still be read. */
export const headingOf = ({ createdAt, expiresAt }) =>
  [`Sent ${clock(createdAt)}`, goneIn(expiresAt)].filter(Boolean).join(" · ");

/** The entries of the menu of a message, without `reply` and `edit` where one cannot write; each calls what does it. */
export function actionsFor(message, { reply, edit, remove, showReactions }) {
  const { me, limits } = session.get();
  const mayDelete = message.from.id === me.id || MODERATORS.has(me.role);
  return [
    reply && { label: "Reply", icon: ReplyIcon, run: () => reply(message) },
    message.body && { label: "Copy text", icon: CopyIcon, run: () => copyBody(message) },
    message.body && touch.matches && { label: "Select text", icon: TextSelectIcon, run: () => selectText(message) },
    message.reactions?.length > 0 && { label: "Who reacted", icon: SmileIcon, run: () => showReactions(message) },
    message.from.id !== me.id && { label: "View profile", icon: UserIcon, run: () => openProfile(message.from) },
    edit && isEditable(message, { me, limits }) && { label: "Edit", icon: PencilIcon, run: () => edit(message) },
    mayDelete && { label: "Delete", icon: Trash2Icon, danger: true, run: () => remove(message) },
  ].filter(Boolean);
}
