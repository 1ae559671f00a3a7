// A preview of the three rooms of a date of birth while it is typed; the date stays in this tab.
import { hueOfDay, hueOfYear } from "../kit/hue.js";
import { tab } from "../kit/local_storage.js";

const STORAGE_KEY = "konektor.dob";
const ADULT = 18;
const OLDEST = 120;

/** The parts of a real date `YYYY-MM-DD`, or null. */
function parseDate(text) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (!match) return null;
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? match.slice(1) : null;
}

/** The latest date of birth of somebody who is that old today. */
export function latestBirthDate(age = ADULT) {
  const today = new Date();
  const pad = (number, length) => String(number).padStart(length, "0");
  return `${pad(today.getFullYear() - age, 4)}-${pad(today.getMonth() + 1, 2)}-${pad(today.getDate(), 2)}`;
}

/** Why nobody joins with that date, in words; empty for a date that is accepted or still being typed. */
export function problemOf(text) {
  if (!parseDate(text) || text < latestBirthDate(OLDEST + 1)) return "";
  if (text > latestBirthDate(0)) return "That date is in the future.";
  return text > latestBirthDate() ? "You must be 18 or over to join Konektor." : "";
}

/** Shows a date in the preview, and the page in its hue. */
function showDate(preview, parts) {
  const [year, month, day] = parts;
  for (const [name, text] of Object.entries({ year, month, day })) {
    for (const element of preview.querySelectorAll(`[data-part="${name}"]`)) {
      if ("fills" in element.dataset) element.textContent = text;
      else element.dataset.text = text;
    }
  }
  for (const dash of preview.querySelectorAll(".dash[data-fills]")) dash.textContent = "-";
  for (const element of preview.querySelectorAll("[data-fills].open")) element.classList.remove("open");
  for (const room of preview.children) room.classList.add("lit");
  const hue = hueOfDay(Number(month), Number(day));
  document.documentElement.style.setProperty("--hue", hue);
  preview.querySelector('[data-room="year"]')?.style.setProperty("--hue", hueOfYear(Number(year)));
  describeRooms(preview, parts);
}

function describeRooms(preview, [year, month, day]) {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const format = (options) => new Intl.DateTimeFormat(navigator.language, { timeZone: "UTC", ...options }).format(date);
  const describe = (room, text) => {
    const element = preview.querySelector(`[data-room="${room}"] [data-description]`);
    if (element) element.textContent = text;
  };
  describe("date", `Born on ${format({ weekday: "long", day: "numeric", month: "long", year: "numeric" })}.`);
  describe("day", `Birthday on ${format({ day: "numeric", month: "long" })}, whatever the year.`);
  describe("year", `Born in ${year}: the same films, the same songs.`);
}

/** Updates the preview whenever the date field changes, and remembers the date until the tab is closed.
 * `note` is the element that tells why a date is not accepted; the preview then shows what it began with. */
export function bindPreview(input, preview, note) {
  const initial = preview.innerHTML;
  let shown = "";
  const update = () => {
    const text = input.value.trim();
    const problem = problemOf(text);
    const parts = !problem && text >= latestBirthDate(OLDEST + 1) ? parseDate(text) : null;
    note.textContent = problem;
    if (parts && text !== shown) showDate(preview, parts);
    else if (!parts && shown) preview.innerHTML = initial;
    shown = parts ? text : "";
    if (parts) tab.write(STORAGE_KEY, text);
  };
  input.addEventListener("input", update);
  input.addEventListener("change", update);
  if (!input.value) input.value = tab.read(STORAGE_KEY) ?? "";
  update();
}

/** Forgets the date, so that nobody else finds it in this tab. */
export const forgetDate = () => tab.write(STORAGE_KEY, null);
