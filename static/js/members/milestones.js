// Birthdays and milestones of a life, in whole days: how many are left until each.
const DAY = 86_400_000;
const HALF_A_YEAR = 6; // months

/* What a life is counted in: the size of one in ms, and after how many there is something to celebrate. */
const COUNTED = [
  { unit: "days", size: DAY, step: 1000 },
  { unit: "hours", size: DAY / 24, step: 100_000 },
  { unit: "minutes", size: 60_000, step: 10_000_000 },
  { unit: "seconds", size: 1000, step: 1_000_000_000 },
];

const parts = (day) => day.split("-").map(Number);
const at = (day) => Date.parse(`${day}T00:00:00Z`);

/** The day of a moment in the reader's zone, as `YYYY-MM-DD`. */
export function dayOf(moment) {
  const date = new Date(moment);
  const two = (number) => String(number).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Born on 29 February, one turns a year older on 1 March of other years: so Date.UTC counts on by itself. */
const birthdayIn = (year, month, day) => Date.UTC(year, month - 1, day);

/** `{days, age}`: the days until the next birthday, 0 on the day itself, and the age that it brings. */
export function nextBirthday(dob, today) {
  const [born, month, day] = parts(dob);
  const [year] = parts(today);
  const next = [year, year + 1].find((each) => birthdayIn(each, month, day) >= at(today));
  return { days: (birthdayIn(next, month, day) - at(today)) / DAY, age: next - born };
}

/** Half a year after the birthday of a year; on the last day of a month that is too short. */
function halfBirthdayAfter(year, month, day) {
  const lastDay = new Date(Date.UTC(year, month + HALF_A_YEAR, 0)).getUTCDate();
  return Date.UTC(year, month - 1 + HALF_A_YEAR, Math.min(day, lastDay));
}

function nextHalfBirthday(dob, today) {
  const [, month, day] = parts(dob);
  const [year] = parts(today);
  return [year - 1, year, year + 1].map((each) => halfBirthdayAfter(each, month, day)).find((each) => each >= at(today));
}

/** The first milestone of one kind that is not before today: `{at, unit, number}`, in ms since 1970. */
function nextCounted({ unit, size, step }, dob, today) {
  const distance = size * step;
  const dayAfter = (times) => Math.floor((at(dob) + times * distance) / DAY) * DAY;
  let times = Math.max(1, Math.ceil((at(today) - at(dob)) / distance) - 1);
  while (dayAfter(times) < at(today)) times += 1;
  return { at: dayAfter(times), unit, number: times * step };
}

/**
 * `{days, unit, number}`: the days until the next milestone, 0 on the day itself. `unit` is days, hours, minutes or
 * seconds, of which `number` will have passed since the birth, or `half birthday` without a number.
 */
export function nextMilestone(dob, today) {
  const half = { at: nextHalfBirthday(dob, today), unit: "half birthday", number: null };
  const counted = COUNTED.map((kind) => nextCounted(kind, dob, today));
  const { at: moment, ...milestone } = [...counted, half].reduce((first, next) => (next.at < first.at ? next : first));
  return { days: (moment - at(today)) / DAY, ...milestone };
}
