// A preview of the three rooms of a date of birth while it is typed; the date stays in this tab.
import { hueOfDay, hueOfYear } from "../kit/hue.js";

const STORAGE_KEY = "konektor.dob";

/** The parts of a real date `YYYY-MM-DD`, or null. */
function parseDate(text) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (!match || Number(match[1]) < 1880) return null;
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? match.slice(1) : null;
}

/** Shows a date in the preview, and the page in its hue. */
function showDate(preview, parts) {
  const [year, month, day] = parts;
  for (const [name, text] of Object.entries({ year, month, day })) {
    for (const element of preview.querySelectorAll(`[data-part="${name}"]`)) {
      if (element.classList.contains("open")) element.dataset.text = text;
      else element.textContent = text;
    }
  }
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
  describe(
    "date",
    `Born on ${format({ weekday: "long", day: "numeric", month: "long", year: "numeric" })}: the very same day.`,
  );
  describe("day", `Birthday on ${format({ day: "numeric", month: "long" })}, whatever the year.`);
  describe("year", `Born in ${year}: the same films, the same songs, the same school years.`);
}

/** Updates the preview whenever the date field changes, and remembers the date until the tab is closed. */
export function bindPreview(input, preview) {
  const update = () => {
    const parts = parseDate(input.value);
    if (!parts) return;
    showDate(preview, parts);
    remember(input.value.trim());
  };
  input.addEventListener("input", update);
  input.addEventListener("change", update);
  if (!input.value) input.value = remembered();
  update();
}

function remember(text) {
  try {
    sessionStorage.setItem(STORAGE_KEY, text);
  } catch {
    // Without storage the date has to be typed again on the next page.
  }
}

function remembered() {
  try {
    return sessionStorage.getItem(STORAGE_KEY) ?? "";
  } catch {
    return "";
  }
}
