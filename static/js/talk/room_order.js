// The order of the rooms in the list: the one with most life first.
import { useEffect, useMemo, useState } from "../kit/ui.js";
import { unread, unreadIn } from "../kit/unread.js";
import { roomStream } from "../kit/stream_names.js";
import { streamOf } from "./message_store.js";

/** Selects the newest message of a stream that still stands. */
export const newestIn = ({ messages }) => messages.findLast((message) => !message.deleted);

/**
 * Sorts rooms, each `{label, online}`: first those with something unread, then by the newest message, then by who is
 * online. `lifeOf(room)` answers `{unread, newest}`, a number and a time as a text, empty without a message.
 */
function byLife(rooms, lifeOf) {
  const rows = rooms.map((room) => ({ room, ...lifeOf(room) }));
  rows.sort(
    (one, two) =>
      Number(two.unread > 0) - Number(one.unread > 0) ||
      two.newest.localeCompare(one.newest) ||
      two.room.online - one.room.online,
  );
  return rows.map(({ room }) => room);
}

function lifeOf({ label }) {
  const stream = roomStream(label);
  return { unread: unreadIn(stream)(unread.get()), newest: newestIn(streamOf(stream).get())?.createdAt ?? "" };
}

/** The rooms in their order, which stays while the reader looks at them: nothing moves away from under a finger. */
export function useRoomOrder(rooms) {
  const [visit, setVisit] = useState(0);
  useEffect(() => {
    const onReturn = () => document.visibilityState === "visible" && setVisit((number) => number + 1);
    document.addEventListener("visibilitychange", onReturn);
    return () => document.removeEventListener("visibilitychange", onReturn);
  }, []);
  const labels = useMemo(() => byLife(rooms, lifeOf).map(({ label }) => label), [visit, rooms.length]);
  return labels.map((label) => rooms.find((room) => room.label === label)).filter(Boolean);
}
