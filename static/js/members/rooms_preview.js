// The three rooms of a date of birth, shown while somebody chooses it; the date stays in this browser.
import { hueOfDay, hueOfYear } from "../kit/hue.js";

const KEPT = "konektor.dob";

/** The parts of a real date `YYYY-MM-DD`, or null. */
function parseDate(text) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (!match || Number(match[1]) < 1880) return null;
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? match.slice(1) : null;
}

/** Sets the preview's date, and the page in its hue. */
function showRooms(preview, parts) {
  const [year, month, day] = parts;
  for (const [name, text] of Object.entries({ year, month, day })) {
    for (const place of preview.querySelectorAll(`[data-part="${name}"]`)) {
      if (place.classList.contains("open")) place.dataset.text = text;
      else place.textContent = text;
    }
  }
  const hue = hueOfDay(Number(month), Number(day));
  document.documentElement.style.setProperty("--hue", hue);
  preview.querySelector('[data-room="year"]')?.style.setProperty("--hue", hueOfYear(Number(year)));
  sayRooms(preview, parts);
}

function sayRooms(preview, [year, month, day]) {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const format = (options) => new Intl.DateTimeFormat(navigator.language, { timeZone: "UTC", ...options }).format(date);
  const say = (room, text) => {
    const place = preview.querySelector(`[data-room="${room}"] [data-say]`);
    if (place) place.textContent = text;
  };
  say(
    "date",
    `Born on ${format({ weekday: "long", day: "numeric", month: "long", year: "numeric" })}: the very same day.`,
  );
  say("day", `Birthday on ${format({ day: "numeric", month: "long" })}, whatever the year.`);
  say("year", `Born in ${year}: the same films, the same songs, the same school years.`);
}

/** Follows a date field with the preview, and remembers the date until the tab is closed. */
export function follow(input, preview) {
  const update = () => {
    const parts = parseDate(input.value);
    if (!parts) return;
    showRooms(preview, parts);
    keep(input.value.trim());
  };
  input.addEventListener("input", update);
  input.addEventListener("change", update);
  if (!input.value) input.value = kept();
  update();
}

function keep(text) {
  try {
    sessionStorage.setItem(KEPT, text);
  } catch {
    // Without storage the date is simply typed again on the next page.
  }
}

function kept() {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}
