// The number of unread messages per stream.
import { createStore } from "./store.js";
import { parseStream } from "./stream_names.js";

/** `{counts: {[stream]: number}}`; a stream without an entry has nothing unread. */
export const unread = createStore({ counts: {} });

/** Selects the count of one stream, for `useStore(unread, unreadIn(stream))`. */
export const unreadIn = (stream) => (state) => state.counts[stream] ?? 0;

const sumOf = (entries) => entries.reduce((sum, [, count]) => sum + count, 0);
const isRoom = ([stream]) => parseStream(stream)?.kind === "room";

/** Selects the sum over all streams. */
export const unreadTotal = ({ counts }) => sumOf(Object.entries(counts));

/** Selects the sum over the rooms. */
export const unreadInRooms = ({ counts }) => sumOf(Object.entries(counts).filter(isRoom));

/** Selects the sum over direct conversations and groups. */
export const unreadInMessages = (state) => unreadTotal(state) - unreadInRooms(state);

/** By stream: the seq up to which the member has read on another connection. */
export const readElsewhere = createStore({});

/** Replaces all counts. */
export const setAllUnread = (counts) => unread.set({ counts: { ...counts } });

/** Changes the counts of some streams. */
export const setUnread = (changed) => unread.set(({ counts }) => ({ counts: { ...counts, ...changed } }));

/** Counts one more message as unread. */
export const addUnread = (stream) => setUnread({ [stream]: unreadIn(stream)(unread.get()) + 1 });
