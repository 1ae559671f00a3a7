// Which messages of a stream are unread: those that other members wrote, that still stand, and that were not seen.
import { useStore } from "../kit/store.js";
import { refreshCounts, session } from "../kit/session.js";
import { readElsewhere, setUnread, unread, unreadIn } from "../kit/unread.js";
import { streamOf } from "./message_store.js";

/** Whether a message can be unread. */
const counts = (message) => !message.deleted && message.from.id !== session.get().me?.id;

const countIn = (stream) => unreadIn(stream)(unread.get());

/** The seq of the first unread message; 0 when everything is read, the oldest that is cached when it is older. */
export function firstUnreadOf(stream) {
  const { messages } = streamOf(stream).get();
  let left = countIn(stream);
  if (!left) return 0;
  return messages.findLast((message) => counts(message) && (left -= 1) === 0)?.seq ?? messages[0]?.seq ?? 0;
}

/** The place of the unread line: it moves on when the messages behind it are read on another device or in a tab. */
export function useUnreadLine(stream, firstUnread) {
  const read = useStore(readElsewhere, (state) => state[stream] ?? 0);
  return firstUnread && read >= firstUnread ? read + 1 : firstUnread;
}

/** Counts an unread message no longer that is about to be deleted or has expired. Call it before it changes. */
export function uncount({ stream, id, expiredUpTo }) {
  const count = countIn(stream);
  if (!count) return;
  const { messages } = streamOf(stream).get();
  const message = messages.find((each) => each.id === id);
  if (expiredUpTo || !message) refreshCounts();
  else if (counts(message) && messages.filter((each) => each.seq > message.seq && counts(each)).length < count) {
    setUnread({ [stream]: count - 1 });
  }
}
