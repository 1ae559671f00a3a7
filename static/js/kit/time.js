// Times in the reader's language and time zone, by the server's clock.
import { createStore } from "./store.js";

const LANGUAGES = navigator.languages;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const formats = {
  clock: new Intl.DateTimeFormat(LANGUAGES, { timeStyle: "short" }),
  day: new Intl.DateTimeFormat(LANGUAGES, { weekday: "long", day: "numeric", month: "long" }),
  weekday: new Intl.DateTimeFormat(LANGUAGES, { weekday: "long" }),
  full: new Intl.DateTimeFormat(LANGUAGES, { dateStyle: "full", timeStyle: "short" }),
  moment: new Intl.DateTimeFormat(LANGUAGES, { dateStyle: "medium", timeStyle: "short" }),
  date: new Intl.DateTimeFormat(LANGUAGES, { day: "numeric", month: "long" }),
  relative: new Intl.RelativeTimeFormat(LANGUAGES, { numeric: "auto" }),
};

let offset = 0; // How far the server's clock is ahead of this computer's, in ms.

/** Synchronises with the server's clock; `roundTrip` is how long the answer with its time took, in ms. */
export function setServerTime(stamp, roundTrip) {
  offset = Date.parse(stamp) + roundTrip / 2 - Date.now();
}

/** How far the server's clock is ahead of this computer's, to be kept for a page that has no connection. */
export const clockOffset = () => offset;

/** Goes on with an offset that was kept at a time; if this computer's clock was put back since then, from that time. */
export function restoreClock({ offset: kept, at }) {
  offset = Math.max(kept, at - Date.now());
}

/** Now, by the server's clock, in ms since 1970. */
export const now = () => Date.now() + offset;

/** A store that changes every half minute: components with relative times subscribe to it. */
export const tick = createStore({ at: Date.now() });
setInterval(() => tick.set({ at: Date.now() }), MINUTE / 2);

/** 09:30 */
export const clock = (stamp) => formats.clock.format(Date.parse(stamp));

/** 09:30 without AM or PM, for where there is little space beside a time that has it. */
export const shortClock = (stamp) =>
  formats.clock
    .formatToParts(Date.parse(stamp))
    .map(({ type, value }) => (type === "dayPeriod" ? "" : value))
    .join("")
    .trim();

/** Thursday, 17 May 2029 at 09:30 */
export const full = (stamp) => formats.full.format(Date.parse(stamp));

/** 17 May 2029, 09:30 */
export const moment = (stamp) => formats.moment.format(Date.parse(stamp));

/** When something was, in few letters: 09:30 today, Yesterday, Thursday within a week, 17 May before that. */
export function brief(stamp) {
  const days = daysFromToday(stamp);
  if (days === 0) return clock(stamp);
  if (days === -1) return day(stamp);
  return formats[days > -7 && days < 0 ? "weekday" : "date"].format(Date.parse(stamp));
}

/** 17 May */
export const date = (stamp) => formats.date.format(Date.parse(stamp));

/** A key that is the same for all moments of one day in the reader's zone. */
export const dayKey = (stamp) => new Date(stamp).toDateString();

const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
const daysFromToday = (stamp) => Math.round((midnight(stamp) - midnight(now())) / (24 * HOUR));

/** Today, Yesterday, or the day's name and date. */
export function day(stamp) {
  const days = daysFromToday(stamp);
  if (days < -1 || days > 0) return formats.day.format(Date.parse(stamp));
  const text = formats.relative.format(days, "day");
  return text[0].toLocaleUpperCase() + text.slice(1);
}

/** 5 minutes ago, in 3 days. */
export function relative(stamp) {
  const distance = Date.parse(stamp) - now();
  for (const [unit, size] of [
    ["day", 24 * HOUR],
    ["hour", HOUR],
    ["minute", MINUTE],
  ]) {
    if (Math.abs(distance) >= size) return formats.relative.format(Math.trunc(distance / size), unit);
  }
  return formats.relative.format(0, "second");
}

/** `gone in 23 h`, `gone in 5 min`; nothing for what stays. */
export function goneIn(expiresAt) {
  if (!expiresAt) return "";
  const left = Date.parse(expiresAt) - now();
  if (left >= HOUR) return `gone in ${Math.floor(left / HOUR)} h`;
  return left < MINUTE ? "gone in less than a minute" : `gone in ${Math.floor(left / MINUTE)} min`;
}

/** How close a message is to its expiry: `{fade: 0 to 1, left: text}`; the text only in the last hour. */
export function fading(expiresAt) {
  if (!expiresAt) return { fade: 0, left: "" };
  const left = Date.parse(expiresAt) - now();
  const fade = Math.min(1, Math.max(0, 1 - left / (6 * HOUR)));
  if (left >= HOUR) return { fade, left: "" };
  return { fade, left: left < MINUTE ? "less than a minute left" : `${Math.floor(left / MINUTE)} min left` };
}
