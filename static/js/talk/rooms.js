// The room list: the member's three rooms, each with its date set large.
import { UnreadBadge, Title, WhenOffline, amount, count, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { addressOf } from "../kit/router.js";
import { unread, unreadIn } from "../kit/unread.js";
import { roomStream } from "../kit/stream_names.js";
import { excerpt } from "../kit/text.js";
import { hueOf } from "../kit/hue.js";
import { relative, tick } from "../kit/time.js";
import { streamOf } from "./message_store.js";
import { DateLabel, inWords, membersOf } from "./labels.js";

const NO_OTHER_MEMBERS = "You are the first here. Say hello, or invite somebody born then.";
const NO_MESSAGES = "Quiet for a day. Go in and say the first word.";

function LatestMessage({ stream, members }) {
  const latest = useStore(streamOf(stream), (state) => state.messages.findLast((message) => !message.deleted));
  useStore(tick);
  if (latest) {
    return html`<span class="latest"><b>${latest.from.username}</b> <bdi>${excerpt(latest.body)}</bdi> <span
      class="when">${relative(latest.createdAt)}</span></span>`;
  }
  return html`<span class="latest soft">
    ${members < 2 ? NO_OTHER_MEMBERS : NO_MESSAGES}</span>`;
}

function RoomItem({ room, dob }) {
  const stream = roomStream(room.label);
  const number = useStore(unread, unreadIn(stream));
  return html`<li class="band hued" style=${{ "--hue": hueOf(room.label) }}>
    <a href=${addressOf("room", room.label)} data-testid=${`room-${room.label}`}>
      <span class="band-date"><${DateLabel} label=${room.label} whole=${dob} /></span>
      <span class="band-facts">
        <span class="room-name">${inWords(room.label)}</span>
        <span class="room-counts"><span data-live><span
          class=${room.online ? "online-count" : "online-count none"}>${amount(room.online)} here</span> · </span>
          ${count(room.members, "member")}</span>
      </span>
      <span class="band-latest"><${LatestMessage} stream=${stream} members=${room.members} /><${UnreadBadge}
        number=${number} /></span>
    </a>
  </li>`;
}

/** A placeholder with the height of a room, while the rooms are loading. */
const Placeholder =
  () => html`<li class="band placeholder" aria-hidden="true"><span class="band-date"><span class="date"><span
    class="open" data-text="0000-00-00"></span></span></span>
  <span class="band-facts"><span class="room-name"> </span></span><span class="band-latest"> </span></li>`;

/** The page of the room list. */
export default function Rooms() {
  const { rooms, me } = useStore(session);
  return html`<div class="page-body">
    <header class="page-head">
      <${Title}>Your rooms<//>
      <p class="soft">${me ? `Good to see you, ${me.username}. ` : ""}Three rooms, all from one date.</p>
    </header>
    ${!me && html`<${WhenOffline} what="Your rooms" />`}
    <ul class="bands" aria-busy=${!me}>
      ${
        me
          ? rooms.map((room) => html`<${RoomItem} key=${room.label} room=${room} dob=${me.dob} />`)
          : html`<${Placeholder} /><${Placeholder} /><${Placeholder} />`
      }
    </ul>
    <section class="about" aria-label="What a room is">
      <div><h2 class="display">What a room is</h2>
        <p class="soft">A room belongs to ${membersOf("0000-00-00")}; the two others to everyone of your birthday and of
          your year. Nobody else can look in.</p></div>
      <div><h2 class="display">What stays</h2>
        <p class="soft">Words can be read for 24 hours. They pale towards the end, and then they are gone.
          Each character costs one token.</p></div>
      <div><h2 class="display">Who is missing</h2>
        <p class="soft">Rooms grow by invitation. <a
          href="#/invitations">Invite somebody</a>, and they bring their own three rooms along.</p></div>
    </section>
  </div>`;
}
