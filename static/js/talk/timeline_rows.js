// The rows of a timeline: messages grouped by author and day, with the line between read and unread.
import { day, dayKey } from "../kit/time.js";

const GROUP_WITHIN = 5 * 60_000;

function belongsTo(previous, message) {
  return (
    Boolean(previous) &&
    previous.from.id === message.from.id &&
    !message.official &&
    !previous.official &&
    !message.replyTo &&
    Date.parse(message.createdAt) - Date.parse(previous.createdAt) < GROUP_WITHIN
  );
}

/** `{kind: "day", text}`, `{kind: "unread", first}` and `{kind: "message", message, follows}`, each with a key, in order. */
export function rowsOf(messages, { hidden, firstUnread }) {
  const rows = [];
  let previous = null;
  let unreadShown = false;
  for (const message of messages) {
    if (hidden.has(message.id)) continue;
    if (!previous || dayKey(previous.createdAt) !== dayKey(message.createdAt)) {
      rows.push({ kind: "day", key: `day ${dayKey(message.createdAt)}`, text: day(message.createdAt) });
      previous = null;
    }
    if (firstUnread && !unreadShown && message.seq >= firstUnread) {
      rows.push({ kind: "unread", key: "unread", first: !rows.some(({ kind }) => kind === "message") });
      unreadShown = true;
      previous = null;
    }
    rows.push({ kind: "message", key: message.id, message, follows: belongsTo(previous, message) });
    previous = message;
  }
  return rows;
}
