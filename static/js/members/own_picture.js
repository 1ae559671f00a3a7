// The member's own picture, which is also the button that changes it.
import { Avatar, html, useState } from "../kit/ui.js";
import { chooseAvatar } from "../kit/crop.js";
import { takeMember } from "../kit/profiles.js";
import { takeOwnProfile } from "../kit/session.js";
import { askOnce } from "../kit/socket.js";
import { toast, toastError } from "../kit/toast.js";
import { pictureTarget } from "../kit/upload.js";
import { PencilIcon } from "../kit/icons.js";

/** Lets the member choose a picture, or takes the one that was pasted or dropped, and makes it theirs. */
async function change(file) {
  const chosen = await chooseAvatar(file);
  if (!chosen) return;
  try {
    const { profile } = await askOnce("profile:update", { avatarId: chosen.mediaId });
    takeMember(profile);
    takeOwnProfile(profile);
    toast("Your picture has been changed.");
  } catch (error) {
    toastError(error);
  }
}

/** The picture of `me` as a button. */
export function OwnPicture({ me }) {
  const [held, setHeld] = useState(false);
  const [listeners] = useState(() => pictureTarget(([file]) => change(file), setHeld));
  return html`<button type="button" class=${held ? "own-picture held" : "own-picture"} title="Change your picture"
    onClick=${() => change()} ...${listeners}>
    <${Avatar} member=${me} size="l" /><span class="visually-hidden">Change your picture</span><span class="own-picture-sign"><${PencilIcon} size=${14} /></span>
  </button>`;
}
