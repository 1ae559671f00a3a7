// The hue of a room: one for each day of the year, and one for each year.
import { dayOfWeek } from "./weeks.js";

const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2000, 0, 1);

/** The hue (0-359) of a month and day: blue in midwinter, green in spring, gold in summer, crimson in autumn. */
export function hueOfDay(month, day) {
  // 2000 is a leap year: 29 February has its own place, so every day keeps its hue in every year.
  const index = (Date.UTC(2000, month - 1, day) - FIRST_DAY) / DAY;
  return Math.round((255 - (index * 360) / 366 + 360) % 360);
}

/** The hue of a year: consecutive years are the golden angle apart. */
export function hueOfYear(year) {
  return Math.round((year * 137.508) % 360);
}

/** The hue of a room's label: `1990-05-17`, `05-17`, `1990`, or `1990-W20`, which has that of its Thursday. */
export function hueOf(label) {
  const thursday = dayOfWeek(label, 4);
  if (thursday) return hueOfDay(thursday.getUTCMonth() + 1, thursday.getUTCDate());
  const parts = label.split("-").map(Number);
  if (parts.length === 1) return hueOfYear(parts[0]);
  const [month, day] = parts.slice(-2);
  return hueOfDay(month, day);
}

/** A hue for anything with an id, so that avatars without a picture differ. */
export function hueOfId(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 65_521;
  return hueOfYear(sum); // Spreads consecutive numbers.
}
