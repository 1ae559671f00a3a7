// The profile of a member as a page: where the address of a profile leads.
import { Title, html } from "../kit/ui.js";
import { hueOfId } from "../kit/hue.js";
import { useProfile } from "./profile_card_data.js";
import { Profile } from "./profile_card_content.js";

const leave = () => {
  location.hash = "#/";
};

/** The page. */
export default function ProfilePage({ param: id }) {
  const profile = useProfile({ id });
  return html`<div class="page-body"><article class="profile-page hued" style=${{ "--hue": hueOfId(id) }}>
    <${Profile} ...${profile} Name=${Title} leave=${leave} /></article></div>`;
}
