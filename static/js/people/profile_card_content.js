// What a profile card shows of a member: face, name, what they say about themselves, and what one can do.
import { Badges, Failed, Skeleton, html, initials, useState } from "../kit/ui.js";
import { FormattedText } from "../kit/text.js";
import { useStore } from "../kit/store.js";
import { relative, tick } from "../kit/time.js";
import { UserIcon } from "../kit/icons.js";
import { CakeIcon, MapPinIcon } from "./profile_icons.js";
import { birthday } from "../talk/labels.js";
import { fullName } from "./person.js";
import { ProfileActions } from "./profile_card_actions.js";

/** The picture, on the small one until it has loaded; without one, the initials. */
function Face({ member }) {
  const [broken, setBroken] = useState(null);
  const { avatar, username } = member;
  if (!avatar || avatar === broken)
    return html`<div class="profile-face letters" aria-hidden="true" translate=${false}>${initials(member)}</div>`;
  return html`<img key=${avatar} class="profile-face" src=${`${avatar}/screen`} alt=${`${username}’s picture`} width="1280"
    height="1280" style=${{ backgroundImage: `url("${avatar}/thumb")` }} onError=${() => setBroken(avatar)} />`;
}

function Presence({ online, lastSeen, relation }) {
  useStore(tick);
  if (relation === "self") return null;
  if (online) return html`<span class="profile-online" data-live>Online</span>`;
  return lastSeen && html`<span data-live>Last seen ${relative(lastSeen)}</span>`;
}

function Heading({ member, Name }) {
  const { username, age, relation } = member;
  const name = fullName(member);
  return html`<header class="profile-head">
    <${Name}><span translate=${false}>${username ?? "Profile"}</span><//>
    <${Badges} member=${member} />
    <p class="soft">${name && html`<span translate=${false}>${name}</span>`}${age && html`<span>${age}</span>`}${
      relation === "self" && html`<span>That’s you</span>`
    }<${Presence} ...${member} /></p>
  </header>`;
}

const Fact = ({ icon: Icon, name, children }) =>
  html`<div><dt><${Icon} size=${18} /><span class="visually-hidden">${name}</span></dt><dd>${children}</dd></div>`;

function Facts({ city, gender, birthday: day }) {
  if (!city && !gender && !day) return null;
  return html`<dl class="profile-facts">
    ${city && html`<${Fact} icon=${MapPinIcon} name="City">${city}<//>`}
    ${gender && html`<${Fact} icon=${UserIcon} name="Gender">${gender}<//>`}
    ${day && html`<${Fact} icon=${CakeIcon} name="Birthday">${birthday(day)}<//>`}
  </dl>`;
}

const isBlank = ({ about, skills, city, gender, status }) => !about && !skills?.length && !city && !gender && !status;

function Details({ member }) {
  const { about, skills, status, relation, username } = member;
  if (isBlank(member))
    return html`<p class="soft">${relation === "self" ? "You haven’t" : `${username} hasn’t`} written anything here yet.</p>`;
  return html`${status && html`<p class="profile-status">${status}</p>`}
    <${Facts} ...${member} />
    ${about && html`<p class="profile-about"><${FormattedText} text=${about} /></p>`}
    ${
      skills?.length > 0 &&
      html`<ul class="tags" aria-label="Skills">${skills.map((skill) => html`<li key=${skill} class="tag">${skill}</li>`)}</ul>`
    }`;
}

/** In place of a profile that is not to be seen, for whatever reason. */
function Gone({ Name }) {
  return html`<div class="profile-body"><header class="profile-head"><${Name}>Nobody here<//></header>
    <p class="soft">This member isn’t here any more.</p></div>`;
}

/** The whole of it; `leave()` closes it, after the member has been blocked. */
export function Profile({ member, complete, error, reload, Name, leave }) {
  if (error?.code === "NOT_FOUND") return html`<${Gone} Name=${Name} />`;
  return html`<${Face} member=${member} />
    <div class="profile-body">
      <${Heading} member=${member} Name=${Name} />
      ${error && !complete && html`<${Failed} error=${error} retry=${reload} />`}
      ${!error && !complete && html`<${Skeleton} label="Loading the profile" />`}
      ${
        complete &&
        html`<${Details} member=${member} />
        <${ProfileActions} member=${member} reload=${reload} leave=${leave} />`
      }
    </div>`;
}
