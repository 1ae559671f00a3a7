// The line under the title of the room list: how far away the birthday and the next milestone are.
import { amount, count, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { now, tick } from "../kit/time.js";
import { dayOf, nextBirthday, nextMilestone } from "../members/milestones.js";

function milestoneInWords({ days, unit, number }) {
  const what = number ? `${amount(number)} ${unit} old` : "your half birthday";
  if (!days) return number ? `you’re ${what} today` : `today is ${what}`;
  return number ? `${count(days, "day")} until you’re ${what}` : `${count(days, "day")} to ${what}`;
}

/** The greeting of a member by name; another one on their birthday. */
export function Greeting({ me }) {
  const name = html`<span translate=${false}>${me.username}</span>`;
  return nextBirthday(me.dob, dayOf(now())).days ? html`Good to see you, ${name}.` : html`Happy birthday, ${name}!`;
}

/** "172 days to your birthday · 12 days until you’re 13,000 days old" */
export function Countdown({ dob }) {
  useStore(tick);
  const today = dayOf(now());
  const { days, age } = nextBirthday(dob, today);
  const birthday = days ? `${count(days, "day")} to your birthday` : `${amount(age)} today`;
  return html`<span><b>${birthday}</b> · ${milestoneInWords(nextMilestone(dob, today))}</span>`;
}
