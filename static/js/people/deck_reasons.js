// Why a card is in the deck, in words, and the day that it shares with the reader.
import { askQuietly } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { plain } from "../kit/text.js";

const MOST_SKILLS = 3;
const list = new Intl.ListFormat("en", { type: "conjunction" });

/** The reader's own profile, with which those of others are compared. */
export const own = createStore({ skills: [], city: null });

/** Loads the reader's own profile, which may have changed since the deck was begun. */
export async function loadOwn() {
  const answer = await askQuietly("profile:get", {});
  if (answer) own.set({ skills: answer.profile.skills, city: answer.profile.city });
}

function skillsInWords({ skills }, reader) {
  const mine = new Set(reader.skills.map(plain));
  const shared = skills.filter((skill) => mine.has(plain(skill)));
  if (!shared.length) return "Skills in common";
  const more = shared.length - MOST_SKILLS;
  return `You both like ${list.format([...shared.slice(0, MOST_SKILLS), ...(more > 0 ? [`${more} more`] : [])])}`;
}

const WORDS = {
  sameDate: () => "Born on the very same day",
  sameBirthday: () => "Shares your birthday",
  sameYear: () => "Born in the same year",
  skills: skillsInWords,
  city: ({ city }) => (city ? `Also in ${city}` : "In your city"),
  friends: () => "Friends in common",
};

/** The reasons as texts; one that this page does not know is left out. */
export const reasonsInWords = ({ profile, reasons }, reader) =>
  reasons.flatMap((reason) => WORDS[reason]?.(profile, reader) ?? []);

/** The day that colours a card, `05-17`: the reader's own where they share it, or the one that the profile shows. */
export function hueDayOf({ profile: { birthday }, reasons }) {
  const isShared = reasons.some((reason) => reason === "sameDate" || reason === "sameBirthday");
  const { me } = session.get();
  return isShared && me ? me.dob.slice(5) : birthday;
}
