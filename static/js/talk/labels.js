// Room labels in words and as dates: `1990-05-17`, `05-17`, `1990`.
import { html } from "../kit/ui.js";

const format = (options) => new Intl.DateTimeFormat(navigator.languages, { timeZone: "UTC", ...options });
const long = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const short = format({ day: "numeric", month: "long" });

const LABEL = /^(\d{4}-\d\d-\d\d|\d\d-\d\d|\d{4})$/;

/** Whether a text is a room label: an existing day, with or without its year, or a year. */
export function isLabel(text) {
  if (!LABEL.test(text)) return false;
  const date = dayIn(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10).includes(text);
}

/** A day of the room; of a leap year where the label has no year. */
function dayIn(label) {
  const day = { date: label, day: `2000-${label}`, year: `${label}-01-01` }[kindOf(label)];
  return new Date(`${day}T00:00:00Z`);
}

/** date, day or year. */
function kindOf(label) {
  return { 10: "date", 5: "day" }[label.length] ?? "year";
}

/** Thursday, 17 May 1990 · 17 May, every year · the year 1990 */
export function inWords(label) {
  const kind = kindOf(label);
  if (kind === "year") return `The year ${label}`;
  return kind === "day" ? `${short.format(dayIn(label))}, every year` : long.format(dayIn(label));
}

/** The members of somebody else's room, as the end of a sentence. */
export function visitedMembersOf(label) {
  const kind = kindOf(label);
  if (kind === "year") return `everyone born in ${label}`;
  return `everyone born on ${kind === "day" ? `${short.format(dayIn(label))} of any year` : inWords(label)}`;
}

/** The members of one of the reader's own rooms, as the end of a sentence. */
export function membersOf(label) {
  const kind = kindOf(label);
  if (kind === "date") return "everyone born on the very same day as you";
  return kind === "day"
    ? "everyone who shares your birthday, whatever the year"
    : "everyone born in the same year as you";
}

/** The label as a large date; with `whole`, the parts of that date which the label leaves open are shown pale. */
export function DateLabel({ label, whole = label }) {
  const from = kindOf(label) === "day" ? whole.length - label.length : 0;
  const lit = (index) => index >= from && index < from + label.length;
  const groups = [...whole.matchAll(/\d+|-/g)];
  return html`<span class="date">${groups.map(({ 0: text, index }) => {
    const kind = text === "-" ? "dash" : null;
    if (lit(index)) return html`<span class=${kind}>${text}</span>`;
    return html`<span class=${`open ${kind ?? ""}`} data-text=${text}></span>`;
  })}</span>`;
}
