// What a conversation is called, and what it looks like: the other one of a direct conversation, or a group.
import { Avatar, html } from "../kit/ui.js";
import { useMember } from "../kit/profiles.js";
import { session } from "../kit/session.js";
import { hueOfId } from "../kit/hue.js";

/** The members of a group without the reader. */
export const othersIn = ({ members }) => members.filter(({ id }) => id !== session.get().me?.id);

/** The name of a conversation as far as it is known. */
export const nameOf = (item) => item?.group?.name ?? item?.peer?.username ?? "";

/** The name; that of a member as it is now. */
export function Name({ item }) {
  const peer = useMember(item.peer);
  return html`<span translate=${false}>${item.group ? item.group.name : peer.username}</span>`;
}

function Face({ member, size, presence }) {
  return html`<${Avatar} member=${useMember(member)} size=${size} presence=${presence} />`;
}

/** The face of the other one, with a dot while online; or two of a group's faces. */
export function ConversationFace({ item, size = "m", presence = true }) {
  if (item.peer) return html`<${Face} member=${item.peer} size=${size} presence=${presence} />`;
  const [one, two] = othersIn(item.group);
  if (!one) return html`<span class="avatar hued ${size}" style=${{ "--hue": hueOfId(item.group.id) }} aria-hidden="true"
    translate=${false}>${item.group.name.slice(0, 2)}</span>`;
  if (!two) return html`<${Face} member=${one} size=${size} presence=${false} />`;
  return html`<span class=${`two-faces ${size}`}><${Face} member=${two} size="s" presence=${false} /><${Face} member=${one}
    size="s" presence=${false} /></span>`;
}
