// The rows of a room: messages grouped by writer and day, with the line between read and unread.
import { day, dayKey } from "../kit/time.js";

const TOGETHER = 5 * 60_000;

function follows(message, before) {
  return (
    Boolean(before) &&
    before.from.id === message.from.id &&
    !message.official &&
    !before.official &&
    !message.replyTo &&
    Date.parse(message.createdAt) - Date.parse(before.createdAt) < TOGETHER
  );
}

/** `{kind: "day", text}`, `{kind: "unread"}` and `{kind: "message", message, follows}`, each with a key, in order. */
export function rowsOf(messages, { hidden, firstUnread }) {
  const rows = [];
  let before = null;
  let unreadShown = false;
  for (const message of messages) {
    if (hidden.has(message.id)) continue;
    if (!before || dayKey(before.createdAt) !== dayKey(message.createdAt)) {
      rows.push({ kind: "day", key: `day ${dayKey(message.createdAt)}`, text: day(message.createdAt) });
      before = null;
    }
    if (firstUnread && !unreadShown && message.seq >= firstUnread) {
      rows.push({ kind: "unread", key: "unread" });
      unreadShown = true;
      before = null;
    }
    rows.push({ kind: "message", key: message.id, message, follows: follows(message, before) });
    before = message;
  }
  return rows;
}
