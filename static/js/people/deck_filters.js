// The filters of Discover: kept for the member in this browser, as the server takes them, and in words.
import { createStore } from "../kit/store.js";
import { read, write } from "../kit/local_storage.js";
import { memberKey } from "../kit/owner.js";
import { lengthOf } from "../kit/text.js";

export const YOUNGEST = 18;
export const OLDEST = 120;
const MOST_SKILLS = 20;
const LONGEST = { gender: 20, city: 60, skill: 30 };

const KEY = memberKey("discover-filters");

function stored() {
  try {
    return JSON.parse(read(KEY) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

/** `filters` has only those that are on: ageMin, ageMax, gender, city, skills, sameDay, online. */
export const chosen = createStore({ filters: stored() });

/** Chooses filters; they are kept until others are chosen. */
export function choose(filters) {
  write(KEY, Object.keys(filters).length ? JSON.stringify(filters) : null);
  chosen.set({ filters });
}

/** An age that was typed, or undefined for none. */
function age(text) {
  return text.trim() ? Number(text) : undefined;
}

const skillsIn = (text) => [...new Set(text.split(",").map((skill) => skill.trim()))].filter(Boolean);

/** The filters of the form's fields, without those that are off. */
export function filtersOf({ ageMin, ageMax, gender, city, skills, sameDay, online }) {
  const all = {
    ageMin: age(ageMin),
    ageMax: age(ageMax),
    gender: gender.trim(),
    city: city.trim(),
    skills: skillsIn(skills),
    sameDay,
    online,
  };
  // An age that is no number, or 0, is on, so that it is found to be wrong.
  const isOn = ([, value]) => (Array.isArray(value) ? value.length : value || typeof value === "number");
  return Object.fromEntries(Object.entries(all).filter(isOn));
}

const isAge = (value) => value === undefined || (Number.isInteger(value) && value >= YOUNGEST && value <= OLDEST);

/** What is wrong with filters: `{field, text}`, or null. */
export function faultOf({ ageMin, ageMax, gender = "", city = "", skills = [] }) {
  const ages = `Ages are whole numbers from ${YOUNGEST} to ${OLDEST}.`;
  if (!isAge(ageMin)) return { field: "ageMin", text: ages };
  if (!isAge(ageMax)) return { field: "ageMax", text: ages };
  if (ageMin > ageMax) return { field: "ageMax", text: "The second age is lower than the first one." };
  if (lengthOf(gender) > LONGEST.gender) return { field: "gender", text: "Use at most 20 characters." };
  if (lengthOf(city) > LONGEST.city) return { field: "city", text: "Use at most 60 characters." };
  if (skills.length > MOST_SKILLS) return { field: "skills", text: "Choose at most 20 skills." };
  const isLong = skills.some((skill) => lengthOf(skill) > LONGEST.skill);
  return isLong ? { field: "skills", text: "A skill has at most 30 characters. Put commas between skills." } : null;
}

function agesInWords({ ageMin, ageMax }) {
  if (ageMin && ageMax) return ageMin === ageMax ? `Age ${ageMin}` : `Ages ${ageMin}–${ageMax}`;
  if (ageMin) return `Age ${ageMin} and over`;
  return ageMax && `Up to age ${ageMax}`;
}

/** "Ages 25–35 · Lisbon · piano"; empty without filters. */
export function inWords(filters) {
  const { gender, city, skills = [], sameDay, online } = filters;
  return [agesInWords(filters), gender, city, ...skills, sameDay && "born on your day", online && "online now"]
    .filter(Boolean)
    .join(" · ");
}
