// ISO weeks such as `1990-W20`: from Monday to Sunday, counted in the year that their Thursday is in.
const DAY = 86_400_000;
const LABEL = /^(?!0000)(\d{4})-W(\d\d)$/;

/** The day of a week as a Date in UTC, 1 for Monday to 7 for Sunday; null for a text that names no week. */
export function dayOfWeek(label, number) {
  const [, year, week] = LABEL.exec(label) ?? [];
  if (!year) return null;
  // 4 January is in the first week of every year.
  const fourth = new Date(`${year}-01-04T00:00:00Z`);
  const monday = fourth.getTime() + ((Number(week) - 1) * 7 - ((fourth.getUTCDay() + 6) % 7)) * DAY;
  if (new Date(monday + 3 * DAY).getUTCFullYear() !== Number(year)) return null;
  return new Date(monday + (number - 1) * DAY);
}
