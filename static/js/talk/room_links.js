// The links to the member's rooms in the navigation.
import { UnreadBadge, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { addressOf, route } from "../kit/router.js";
import { unread, unreadIn } from "../kit/unread.js";
import { roomStream } from "../kit/stream_names.js";
import { hueOf } from "../kit/hue.js";
import { DateLabel, inBrief } from "./labels.js";

function RoomLink({ label }) {
  const at = useStore(route);
  const number = useStore(unread, unreadIn(roomStream(label)));
  const current = at.page.name === "room" && at.param === label;
  return html`<a class="rail-room hued" style=${{ "--hue": hueOf(label) }} href=${addressOf("room", label)}
    aria-current=${current ? "page" : null}>
    <${DateLabel} label=${label} /><span class="soft small">${inBrief(label)}</span><${UnreadBadge} number=${number} />
  </a>`;
}

/** The links, in the order of the rooms. */
export function RoomLinks() {
  const rooms = useStore(session, (state) => state.rooms);
  return html`<div class="rail-rooms">${rooms.map(({ label }) => html`<${RoomLink} key=${label} label=${label} />`)}
  </div>`;
}
