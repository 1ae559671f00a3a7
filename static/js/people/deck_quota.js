// How many likes are left of the day, and when the next ones come.
import { createStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { clock, dayKey, moment, now, relative } from "../kit/time.js";
import { amount, count } from "../kit/ui.js";

const FEW = 5;
const DAY = 86_400_000;

/** `remaining`: null for any number, undefined while it is unknown; `pending`: likes that are on their way. */
export const quota = createStore({ remaining: undefined, limit: null, resetsAt: null, pending: 0 });

const ofToday = () => session.get().usage?.swipes ?? {};
const resetOf = ({ resetsAt }) => resetsAt ?? ofToday().resetsAt ?? null;
const isOver = (resetsAt) => resetsAt !== null && Date.parse(resetsAt) <= now();

/** Takes over what an answer says of the quota. */
export function takeQuota({ remaining, limit, resetsAt }) {
  const known = quota.get();
  const reset = resetsAt ?? (isOver(resetOf(known)) ? null : known.resetsAt);
  quota.set({ remaining, resetsAt: reset, limit: limit ?? known.limit });
}

/** Notes that a like has begun (1) or has been answered (-1). */
export const addPending = (number) => quota.set(({ pending }) => ({ pending: pending + number }));

/** The likes that are left; Infinity where there is no limit, or none is known. */
function likesLeft(state) {
  const { remaining, pending } = state;
  if (typeof remaining !== "number" || isOver(resetOf(state))) return Infinity;
  return Math.max(0, remaining - pending);
}

/** "at midnight, in 5 hours", "tomorrow at 14:30", in the reader's language and zone; "later" if it is not known. */
function nextLikes(state) {
  const at = resetOf(state);
  if (!at) return "later";
  const isTomorrow = dayKey(at) === dayKey(now() + DAY);
  const isMidnight = new Date(at).getHours() + new Date(at).getMinutes() === 0;
  if (isTomorrow && isMidnight) return `at midnight, ${relative(at)}`;
  if (dayKey(at) === dayKey(now())) return `today at ${clock(at)}`;
  return isTomorrow ? `tomorrow at ${clock(at)}` : `on ${moment(at)}`;
}

/** What the reader should know of the quota now: `{text, usedUp}`; no text while many likes are left. */
export function quotaInWords(state) {
  const left = likesLeft(state);
  if (left > FEW) return { text: "", usedUp: false };
  if (left > 0) return { text: `${count(left, "like")} left today`, usedUp: false };
  const limit = state.limit ?? ofToday().limit;
  const likes = limit ? `${amount(limit)} likes` : "likes";
  const text = `You’ve used today’s ${likes}. The next come ${nextLikes(state)}. You can still pass.`;
  return { text, usedUp: true };
}
