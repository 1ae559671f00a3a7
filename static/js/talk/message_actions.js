// The actions that a member may take on a message.
import { session } from "../kit/session.js";
import { copy } from "../kit/clipboard.js";
import { toast } from "../kit/toast.js";
import { CopyIcon, PencilIcon, ReplyIcon, Trash2Icon } from "../kit/icons.js";
import { isEditable } from "./editing.js";

const MODERATORS = new Set(["mod", "admin"]);

async function copyBody(message) {
  toast((await copy(message.body)) ? "Copied." : "This browser does not let us copy. Select the text instead.");
}

/** The entries of the menu of a message; each calls what changes the room with the message. */
export function actionsFor(message, { reply, edit, remove }) {
  const { me, limits } = session.get();
  const mayDelete = message.from.id === me.id || MODERATORS.has(me.role);
  return [
    { label: "Reply", icon: ReplyIcon, run: () => reply(message) },
    { label: "Copy text", icon: CopyIcon, run: () => copyBody(message) },
    isEditable(message, { me, limits }) && { label: "Edit", icon: PencilIcon, run: () => edit(message) },
    mayDelete && { label: "Delete", icon: Trash2Icon, danger: true, run: () => remove(message) },
  ].filter(Boolean);
}
