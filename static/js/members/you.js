// The page of the member: who they are, the pages that belong to them, and logging out.
import { Badges, Title, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { addressOf, pagesUnder, route } from "../kit/router.js";
import { prefetching } from "../kit/navigation.js";
import { ChevronRightIcon, LogOutIcon } from "../kit/icons.js";
import { ProfileLink } from "../people/open_profile.js";
import { useProfile } from "../people/profile_card_data.js";
import { Availability } from "../people/availability.js";
import { inWords } from "../talk/labels.js";
import { logOut } from "./log_out.js";
import { OwnPicture } from "./own_picture.js";

function Card({ page, at }) {
  const { icon: Icon, text, figure: Figure } = page.card;
  return html`<li><a class="card" href=${addressOf(page.name)} ...${prefetching(page)}>
    <${Icon} size=${22} />
    <span class="card-text"><b>${page.title}</b><span class="soft small">${text}</span></span>
    ${Figure && html`<${Figure} at=${at} />`}
    <${ChevronRightIcon} size=${18} />
  </a></li>`;
}

function OwnHead({ me }) {
  const { member } = useProfile(me);
  return html`<${OwnPicture} me=${member} />
    <div>
      <${Title}><${ProfileLink} member=${member} class="you-name" translate=${false}>${member.username}<//><//>
      <p class="soft">Born ${inWords(me.dob, { brief: true })} · ${me.age} <${Badges} member=${member} /></p>
      <p class="you-status">${member.status}</p>
    </div>`;
}

/** The page of the member. */
export default function You() {
  const at = useStore(route);
  const me = useStore(session, (state) => state.me);
  return html`<div class="page-body you">
    <header class="you-head">${
      me
        ? html`<${OwnHead} me=${me} />`
        : html`<span class="avatar l" /><div><${Title}>You<//><p /><p class="you-status" /></div>`
    }</header>
    <${Availability} />
    <ul class="cards">${pagesUnder("you").map((page) => html`<${Card} key=${page.name} page=${page} at=${at} />`)}</ul>
    <p><button type="button" class="button plain" data-testid="logout" onClick=${logOut}><${LogOutIcon}
      size=${18} />Log out</button></p>
  </div>`;
}
