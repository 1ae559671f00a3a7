// The links to the member's rooms in the navigation: their own, and the further ones that they have entered.
import { UnreadBadge, html, useEffect } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { memberKey } from "../kit/owner.js";
import { read, write } from "../kit/local_storage.js";
import { prefetching } from "../kit/navigation.js";
import { addressOf, pageNamed, route } from "../kit/router.js";
import { unread, unreadIn } from "../kit/unread.js";
import { roomStream } from "../kit/stream_names.js";
import { hueOf } from "../kit/hue.js";
import { Shortcuts } from "../kit/shortcuts.js";
import { DateLabel, inBrief, inWords } from "./labels.js";

const enteredKey = (label) => memberKey("entered", label);

function RoomLink({ label, current }) {
  const number = useStore(unread, unreadIn(roomStream(label)));
  return html`<a class="rail-room hued" style=${{ "--hue": hueOf(label) }} href=${addressOf("room", label)}
    aria-current=${current ? "page" : null} ...${prefetching(pageNamed("room"))}>
    <span translate=${false}><${DateLabel} label=${label} /></span> <span class="soft small">${inBrief(label)}</span>
    <${UnreadBadge} number=${number} />
  </a>`;
}

/** The labels of all rooms, of those in the navigation (`entered`), and of the one that is shown. */
function useRoomLabels() {
  const at = useStore(route);
  const { rooms, more } = useStore(session);
  const current = at.page.name === "room" ? at.param : null;
  const all = [...rooms, ...more].map(({ label }) => label);
  const isEntered = (label, place) => place < rooms.length || label === current || read(enteredKey(label));
  return { all, entered: all.filter(isEntered), current };
}

/** The keyboard shortcuts: Alt and an arrow step through the rooms of the navigation, the switcher knows all. */
export function RoomShortcuts() {
  const { all, entered, current } = useRoomLabels();
  const rooms = all.map((label) => ({
    label,
    words: inWords(label),
    address: addressOf("room", label),
    hue: hueOf(label),
    listed: entered.includes(label),
    current: label === current,
  }));
  return html`<${Shortcuts} rooms=${rooms} />`;
}

/** The links, in the order of the rooms; a further room that is entered keeps its place among them. */
export function RoomLinks() {
  const { entered, current } = useRoomLabels();
  const isFurther = useStore(session, ({ more }) => more.some(({ label }) => label === current));
  useEffect(() => {
    if (isFurther) write(enteredKey(current), "1");
  }, [isFurther, current]);
  return html`<div class="rail-rooms">${entered.map((label) => html`<${RoomLink} key=${label} label=${label}
    current=${label === current} />`)}
  </div>`;
}
