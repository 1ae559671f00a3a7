// The lobby: the member's three rooms, each with its date set large.
import { amount, count, html, Title } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { streamOf } from "./message_store.js";
import { roomAddress } from "../kit/router.js";
import { DateLabel, belongs, inWords } from "./labels.js";
import { Unread } from "../kit/shell.js";
import { excerpt } from "../kit/text.js";
import { hueOf } from "../kit/hue.js";
import { relative, tick } from "../kit/time.js";

const FIRST = "You are the first here. Say hello, or invite somebody born then.";
const QUIET = "Quiet for a day. Go in and say the first word.";

function Latest({ label, members }) {
  const latest = useStore(streamOf(`r:${label}`), (state) => state.messages.findLast((message) => !message.deleted));
  useStore(tick);
  if (latest) {
    return html`<span class="latest"><b>${latest.from.username}</b> <bdi>${excerpt(latest.body)}</bdi> <span class="when">
      ${relative(latest.createdAt)}</span></span>`;
  }
  const alone = members < 2;
  return html`<span class="latest soft">
    ${alone ? FIRST : QUIET}</span>`;
}

function Band({ room, dob }) {
  return html`<li class="band hued" style=${{ "--hue": hueOf(room.label) }}>
    <a href=${roomAddress(room.label)} data-testid=${`room-${room.label}`}>
      <span class="band-date"><${DateLabel} label=${room.label} whole=${dob} /></span>
      <span class="band-facts">
        <span class="words">${inWords(room.label)}</span>
        <span class="counts"><span class=${room.online ? "here" : "here nobody"}>
          ${amount(room.online)} here</span> · ${count(room.members, "member")}</span>
      </span>
      <span class="band-latest"><${Latest} label=${room.label} members=${room.members} /><${Unread}
        number=${room.unread} /></span>
    </a>
  </li>`;
}

/** The place of a room before it is known: as high as the room will be. */
const Ghost =
  () => html`<li class="band ghost" aria-hidden="true"><span class="band-date"><span class="date"><span class="open"
    data-text="0000-00-00"></span></span></span>
  <span class="band-facts"><span class="words"> </span></span><span class="band-latest"> </span></li>`;

/** The lobby. */
export function Rooms() {
  const { rooms, me } = useStore(session);
  return html`<div class="page-body lobby">
    <header class="page-head">
      <${Title}>Your rooms<//>
      <p class="soft">${me ? `Good to see you, ${me.username}. ` : ""}Three rooms, all from one date.</p>
    </header>
    <ul class="bands" aria-busy=${!me}>
      ${me ? rooms.map((room) => html`<${Band} key=${room.label} room=${room} dob=${me.dob} />`) : html`<${Ghost} />
        <${Ghost} /><${Ghost} />`}
    </ul>
    <section class="about" aria-label="What a room is">
      <div><h2 class="airy">What a room is</h2>
        <p class="soft">A room belongs to ${belongs("0000-00-00")}; the two others to everyone of your birthday and of
          your year. Nobody else can look in.</p></div>
      <div><h2 class="airy">What stays</h2>
        <p class="soft">Words can be read for 24 hours. They pale towards the end, and then they are gone.
          Each character costs one token.</p></div>
      <div><h2 class="airy">Who is missing</h2>
        <p class="soft">Rooms grow by invitation. <a
          href="#/invitations">Invite somebody</a>, and they bring their own three rooms along.</p></div>
    </section>
  </div>`;
}
