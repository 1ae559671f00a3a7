// The page of the member: who they are, the pages that belong to them, and logging out.
import { Avatar, Badges, Title, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { addressOf, pagesUnder, route } from "../kit/router.js";
import { prefetching } from "../kit/navigation.js";
import { ChevronRightIcon, LogOutIcon } from "../kit/icons.js";
import { inWords } from "../talk/labels.js";
import { logOut } from "./log_out.js";

function Card({ page, at }) {
  const { icon: Icon, text, figure: Figure } = page.card;
  return html`<li><a class="card" href=${addressOf(page.name)} ...${prefetching(page)}>
    <${Icon} size=${22} />
    <span class="card-text"><b>${page.title}</b><span class="soft small">${text}</span></span>
    ${Figure && html`<${Figure} at=${at} />`}
    <${ChevronRightIcon} size=${18} />
  </a></li>`;
}

/** The page of the member. */
export default function You() {
  const at = useStore(route);
  const me = useStore(session, (state) => state.me);
  return html`<div class="page-body you">
    <header class="you-head">
      ${me ? html`<${Avatar} member=${me} size="l" />` : html`<span class="avatar l" />`}
      <div>
        <${Title}><span translate=${false}>${me?.username ?? "You"}</span><//>
        <p class="soft">${me && html`Born ${inWords(me.dob)} · ${me.age} <${Badges} member=${me} />`}</p>
      </div>
    </header>
    <ul class="cards">${pagesUnder("you").map((page) => html`<${Card} key=${page.name} page=${page} at=${at} />`)}</ul>
    <p><button type="button" class="button plain" data-testid="logout" onClick=${logOut}><${LogOutIcon}
      size=${18} />Log out</button></p>
  </div>`;
}
