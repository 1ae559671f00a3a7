// The links to the member's rooms in the navigation: their own, and the further ones that they have entered.
import { UnreadBadge, html, useEffect } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { memberKey } from "../kit/owner.js";
import { read, write } from "../kit/local_storage.js";
import { addressOf, route } from "../kit/router.js";
import { unread, unreadIn } from "../kit/unread.js";
import { roomStream } from "../kit/stream_names.js";
import { hueOf } from "../kit/hue.js";
import { Shortcuts } from "../kit/shortcuts.js";
import { DateLabel, inBrief, inWords } from "./labels.js";

const enteredKey = (label) => memberKey("entered", label);

function RoomLink({ label, current }) {
  const number = useStore(unread, unreadIn(roomStream(label)));
  return html`<a class="rail-room hued" style=${{ "--hue": hueOf(label) }} href=${addressOf("room", label)}
    aria-current=${current ? "page" : null}>
    <span translate=${false}><${DateLabel} label=${label} /></span> <span class="soft small">${inBrief(label)}</span>
    <${UnreadBadge} number=${number} />
  </a>`;
}

function useRoomLabels() {
  const at = useStore(route);
  const { rooms, more } = useStore(session);
  const current = at.page.name === "room" ? at.param : null;
  const entered = more.filter(({ label }) => label === current || read(enteredKey(label)));
  return { labels: [...rooms, ...entered].map(({ label }) => label), current };
}

/** The keyboard shortcuts, which lead to the same rooms. */
export function RoomShortcuts() {
  const { labels, current } = useRoomLabels();
  const rooms = labels.map((label) => ({
    label,
    words: inWords(label),
    address: addressOf("room", label),
    hue: hueOf(label),
    current: label === current,
  }));
  return html`<${Shortcuts} rooms=${rooms} />`;
}

/** The links, in the order of the rooms; a further room that is entered keeps its place among them. */
export function RoomLinks() {
  const { labels, current } = useRoomLabels();
  const isFurther = useStore(session, ({ more }) => more.some(({ label }) => label === current));
  useEffect(() => {
    if (isFurther) write(enteredKey(current), "1");
  }, [isFurther, current]);
  return html`<div class="rail-rooms">${labels.map((label) => html`<${RoomLink} key=${label} label=${label}
    current=${label === current} />`)}
  </div>`;
}
