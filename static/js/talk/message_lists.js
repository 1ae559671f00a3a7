// Lists of messages: merging them, changing one of them, and which have not expired.
import { now } from "../kit/time.js";

/** Merges two lists by seq; of a message in both, the second version is kept, and nothing when that is hidden. */
export function merge(older, newer) {
  const bySeq = new Map(older.map((message) => [message.seq, message]));
  for (const message of newer) bySeq.set(message.seq, message);
  return [...bySeq.values()].filter(({ hidden }) => !hidden).sort((a, b) => a.seq - b.seq);
}

/** Whether a message can still be read. */
export const isAlive = (message) => !message.expiresAt || Date.parse(message.expiresAt) > now();

/** A message after a `message:changed`. */
export function changedMessage(message, patch) {
  if (patch.deleted) return { ...message, deleted: true, body: "", media: undefined, reactions: [] };
  const given = Object.entries(patch).filter(([, value]) => value !== null && value !== undefined);
  return { ...message, ...Object.fromEntries(given) };
}
