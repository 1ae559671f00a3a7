// Room labels in words and as dates: `1990-05-17`, `05-17`, `1990`, `1990-W20`.
import { html } from "../kit/ui.js";
import { dayOfWeek } from "../kit/weeks.js";

const format = (options) => new Intl.DateTimeFormat(navigator.languages, { timeZone: "UTC", ...options });
const long = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const short = format({ day: "numeric", month: "long" });
const brief = format({ day: "numeric", month: "short" });
const days = format({ day: "numeric", month: "long", year: "numeric" });

const LABEL = /^(\d{4}-\d\d-\d\d|\d\d-\d\d|\d{4})$/;

/** Whether a text is a room label: an existing day, with or without its year, a year, or an existing week of one. */
export function isLabel(text) {
  if (dayOfWeek(text, 1)) return true;
  if (!LABEL.test(text)) return false;
  const date = dayIn(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10).includes(text);
}

/** A day of the room; of a leap year where the label has no year. */
function dayIn(label) {
  const day = { date: label, day: `2000-${label}`, year: `${label}-01-01` }[kindOf(label)];
  return new Date(`${day}T00:00:00Z`);
}

/** 17 May, of the label `05-17`. */
export const birthday = (label) => short.format(dayIn(label));

/** date, day, week or year. */
function kindOf(label) {
  return { 10: "date", 5: "day", 8: "week" }[label.length] ?? "year";
}

/** Thursday, 17 May 1990 · 17 May, every year · 14 – 20 May 1990 · the year 1990; `brief` without the weekday */
export function inWords(label, { brief = false } = {}) {
  const kind = kindOf(label);
  if (kind === "week") return days.formatRange(dayOfWeek(label, 1), dayOfWeek(label, 7));
  if (kind === "year") return `The year ${label}`;
  return kind === "day" ? `${birthday(label)}, every year` : (brief ? days : long).format(dayIn(label));
}

/** 17 May · Year · Week: what stands beside the label where there is little space. */
export const inBrief = (label) => ({ year: "Year", week: "Week" })[kindOf(label)] ?? brief.format(dayIn(label));

/** The members of somebody else's room, as the end of a sentence. */
export function visitedMembersOf(label) {
  const kind = kindOf(label);
  if (kind === "year") return `everyone born in ${label}`;
  if (kind === "week") return `everyone born in the week of ${inWords(label)}`;
  return `everyone born on ${kind === "day" ? `${birthday(label)} of any year` : inWords(label)}`;
}

/** The members of one of the reader's own rooms, as the end of a sentence. */
export function membersOf(label) {
  const kind = kindOf(label);
  if (kind === "date") return "everyone born on the very same day as you";
  if (kind === "week") return "everyone born in the same week of the same year as you";
  return kind === "day"
    ? "everyone who shares your birthday, whatever the year"
    : "everyone born in the same year as you";
}

/**
 * The label as a large date; with `whole`, the parts of that date which the label leaves open are shown pale.
 * A week is not a part of a date and is shown as it is.
 */
export function DateLabel({ label, whole = label }) {
  if (kindOf(label) === "week" && whole !== label) return DateLabel({ label });
  const from = kindOf(label) === "day" ? whole.length - label.length : 0;
  const lit = (index) => index >= from && index < from + label.length;
  const groups = [...whole.matchAll(/\w+|-/g)];
  return html`<span class="date" translate=${false}>${groups.map(({ 0: text, index }) => {
    const kind = text === "-" ? "dash" : null;
    if (lit(index)) return html`<span class=${kind}>${text}</span>`;
    return html`<span class=${`open ${kind ?? ""}`} data-text=${text}></span>`;
  })}</span>`;
}
