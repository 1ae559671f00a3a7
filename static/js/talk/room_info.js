// What is known of a room: whether it is the member's own, and how many are in it.
import { createStore, useStore } from "../kit/store.js";
import { on } from "../kit/socket.js";
import { othersOnline, patchRoom, session } from "../kit/session.js";
import { dayOfWeek } from "../kit/weeks.js";

/* Counts of rooms that are none of the member's, which moderators may enter, by label. */
const visited = createStore({});

/** Takes over the counts of a room. */
export function setCounts(label, counts) {
  patchRoom(label, counts);
  if (!listed(label, session.get())) visited.set({ [label]: counts });
}

// The session follows those of the member's rooms.
on("presence:changed", ({ label, online, members }) => {
  if (visited.get()[label]) visited.set({ [label]: { online, members } });
});

const listed = (label, { rooms, more }) => [...rooms, ...more].find((room) => room.label === label);

/** Whether a room belongs to the member's birth date; unknown members are given the benefit of the doubt. */
function isOwn(label, { me, rooms }) {
  if (!me || rooms.some((room) => room.label === label)) return true;
  const days = [1, 2, 3, 4, 5, 6, 7].map((number) => dayOfWeek(label, number)?.toISOString().slice(0, 10));
  return days.includes(me.dob);
}

/** `{own, members, online, others}`; the counts are undefined until they are known, and `others` are online too. */
export function useRoomInfo(label) {
  const own = useStore(session, (state) => isOwn(label, state));
  const room = useStore(session, (state) => listed(label, state));
  const other = useStore(visited, (state) => state[label]);
  const { members, online } = room ?? other ?? {};
  const me = useStore(session, (state) => state.me);
  return { own, members, online, others: own && online !== undefined ? othersOnline(online, me) : online };
}
