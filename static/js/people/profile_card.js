// The profile card: a dialog with a member's profile, which phones show as a sheet.
import { html, useLayoutEffect, useRef } from "../kit/ui.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { hueOfId } from "../kit/hue.js";
import { useProfile } from "./profile_card_data.js";
import { Profile } from "./profile_card_content.js";

const Name = ({ children }) => html`<h2 class="display" id="profile-name">${children}</h2>`;

/** The dialog; `member` is what is known so far. */
export default function ProfileCard({ member, close }) {
  const profile = useProfile(member);
  const dialog = useRef(null);
  useLayoutEffect(() => {
    dialog.current.scrollTop = 0; // The focus, or what has been loaded, may have moved it.
  }, [profile.complete]);
  return html`<${Dialog} class="profile-card bottom-sheet hued" data-testid="profile-card" aria-labelledby="profile-name" box=${dialog}
    style=${{ "--hue": hueOfId(member.id) }} onClose=${close}>
    <div class="profile-close"><${CloseButton} /></div>
    <${Profile} ...${profile} Name=${Name} leave=${() => dialog.current?.close()} />
  <//>`;
}
