// The picture in the profile editor: chosen, cropped and uploaded at once, and saved with the other fields.
import { Avatar, html, useRef, useState } from "../kit/ui.js";
import { chooseAvatar } from "../kit/crop.js";
import { pictureTarget } from "../kit/upload.js";
import { Wrong } from "./profile_editor_fields.js";
import { CameraIcon } from "./profile_icons.js";

/** The picture, and what can be done with it; `picture` is null or `{url}`, with a `mediaId` when it is new. */
export function Picture({ member, picture, wrong, change }) {
  const [held, setHeld] = useState(false);
  const button = useRef(null);
  const latest = useRef(null);
  latest.current = async (file) => {
    const chosen = await chooseAvatar(file);
    if (chosen) change({ picture: chosen });
  };
  const [listeners] = useState(() => pictureTarget(([file]) => latest.current(file), setHeld));
  const remove = () => {
    change({ picture: null });
    button.current.focus();
  };
  return html`<section class=${held ? "editor-picture held" : "editor-picture"} aria-label="Picture" ...${listeners}>
    <${Avatar} member=${{ ...member, avatar: picture?.url ?? null }} size="xl" />
    <div class="editor-buttons">
      <button type="button" class="button plain" ref=${button} onClick=${() => latest.current()}><${CameraIcon}
        size=${18} />${picture ? "Change picture" : "Choose a picture"}</button>
      ${picture && html`<button type="button" class="button plain" onClick=${remove}>Remove picture</button>`}
    </div>
    <${Wrong} id="picture-wrong" text=${wrong} />
  </section>`;
}
