// The room list: the member's three rooms, each with its date set large, and the further ones.
import { Title, UnreadBadge, WhenOffline, amount, count, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection } from "../kit/socket.js";
import { othersOnline, session } from "../kit/session.js";
import { prefetching } from "../kit/navigation.js";
import { addressOf, pageNamed } from "../kit/router.js";
import { unread, unreadIn } from "../kit/unread.js";
import { roomStream } from "../kit/stream_names.js";
import { hueOf } from "../kit/hue.js";
import { relative, tick } from "../kit/time.js";
import { summary } from "./message_picture.js";
import { streamOf } from "./message_store.js";
import { DateLabel, inWords, membersOf } from "./labels.js";
import { Countdown, Greeting } from "./countdown.js";
import { EmptyRooms } from "./empty_rooms.js";
import { newestIn, useRoomOrder } from "./room_order.js";

function LatestMessage({ label }) {
  const latest = useStore(streamOf(roomStream(label)), newestIn);
  useStore(tick);
  if (!latest) return html`<span class="latest soft">For ${membersOf(label)}.</span>`;
  return html`<span class="latest"><b translate=${false}>${latest.from.username}</b> <bdi>${summary(latest)}</bdi> <span class="when">${relative(latest.createdAt)}</span></span>`;
}

function Counts({ room, me }) {
  const others = othersOnline(room.online, me);
  return html`<span class="room-counts">
    ${others > 0 && html`<span class="online-count" data-live>${amount(others)} online</span>`}
    <span>${count(room.members, "member")}</span></span>`;
}

function RoomItem({ room, me }) {
  const number = useStore(unread, unreadIn(roomStream(room.label)));
  return html`<li class="band hued" style=${{ "--hue": hueOf(room.label) }}>
    <a href=${addressOf("room", room.label)} data-testid=${`room-${room.label}`} ...${prefetching(pageNamed("room"))}>
      <span class="band-date" translate=${false}><${DateLabel} label=${room.label} whole=${me.dob} /></span>
      <${Counts} room=${room} me=${me} />
      <span class="room-name">${inWords(room.label)}</span>
      <span class="band-latest"><${LatestMessage} label=${room.label} /><${UnreadBadge} number=${number} /></span>
    </a>
  </li>`;
}

/** A further room, on one smaller row. */
function FurtherRoom({ room, me }) {
  const number = useStore(unread, unreadIn(roomStream(room.label)));
  return html`<li class="band further hued" style=${{ "--hue": hueOf(room.label) }}>
    <a href=${addressOf("room", room.label)} data-testid=${`room-${room.label}`} ...${prefetching(pageNamed("room"))}>
      <span class="further-name"><b>${room.kind === "week" ? "Born the same week" : room.title}</b>
        <span class="soft small"><span class="date" translate=${false}>${room.label}</span>
          ${" "}${room.kind === "week" && inWords(room.label)}</span></span>
      <${Counts} room=${room} me=${me} /><${UnreadBadge} number=${number} />
    </a>
  </li>`;
}

/** A placeholder with the height of a room, while the rooms are loading. */
const Placeholder =
  () => html`<li class="band placeholder" aria-hidden="true"><span class="band-date"><span class="date"><span
    class="open" data-text="0000-00-00"></span></span></span>
  <span class="room-counts" /><span class="room-name" /><span class="band-latest" /></li>`;

/** The list: nothing is sorted before the newest messages are there, so that no room moves. */
function RoomList({ me, rooms, more }) {
  const sorted = useRoomOrder(rooms);
  return html`<ul class="bands" data-testid="rooms">
    ${sorted.map((room) => html`<${RoomItem} key=${room.label} room=${room} me=${me} />`)}
    ${more.map((room) => html`<${FurtherRoom} key=${room.label} room=${room} me=${me} />`)}
  </ul>`;
}

const About =
  () => html`<section class="about" aria-label="About rooms">
  <div><h2 class="display">About rooms</h2>
    <p class="soft">One for your exact day, one for your birthday, one for your year. Only people who share the date, and
      moderators, can read along.</p></div>
  <div><h2 class="display">Gone in 24 hours</h2>
    <p class="soft">Messages can be read for 24 hours. They fade towards the end, and then they’re gone.</p></div>
  <div><h2 class="display">Invite people</h2>
    <p class="soft">Rooms grow by invitation. <a href="#/invitations">Invite someone</a>, and they bring three rooms of
      their own.</p></div>
</section>`;

/** The page of the room list. */
export default function Rooms() {
  const { rooms, more, me } = useStore(session);
  const ready = useStore(connection, ({ state }) => state !== "connecting") && me;
  return html`<div class="page-body lobby">
    <header class="page-head">
      <${Title}>Your rooms<//>
      <p class="soft greeting">${me && html`<${Greeting} me=${me} />`}</p>
      <p class="soft countdown">${me && html`<${Countdown} dob=${me.dob} />`}</p>
    </header>
    ${ready && html`<${EmptyRooms} rooms=${rooms} />`}
    ${!me && html`<${WhenOffline} what="Your rooms" />`}
    ${
      ready
        ? html`<${RoomList} me=${me} rooms=${rooms} more=${more} />`
        : html`<ul class="bands" aria-busy="true"><${Placeholder} /><${Placeholder} /><${Placeholder} /></ul>`
    }
    ${ready && html`<${About} />`}
  </div>`;
}
