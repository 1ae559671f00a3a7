// The privacy settings: what others see of a member, and what they can work out from the rooms they share.
import { html } from "../kit/ui.js";
import { Switch } from "../kit/switch.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { changeSettings } from "../kit/settings.js";
import { toastError } from "../kit/toast.js";

const SWITCHES = [
  { name: "age", label: "Show my age", text: "Beside your name, in every list." },
  { name: "online", label: "Show when I’m online", text: "The green dot, and the number of people online in your rooms." },
  {
    name: "receipts",
    label: "Send read receipts",
    text: "Friends see when you’ve received and read their messages. Switched off, you don’t see theirs either.",
  },
  { name: "typing", label: "Show when I’m typing", text: "“Ann is typing …” below the messages." },
];

/** What the people of each room can work out; with the age shown it is more. */
function WorkedOut({ dob, age, week }) {
  const [year, month, day] = dob.split("-");
  const rows = [
    [dob, "Everyone in this room was born on the same date, so they know yours."],
    [`${month}-${day}`, `Everyone here knows the day and month${age ? ", and with your age the year too." : ", not the year."}`],
    [year, `Everyone here knows the year.${age ? " If they notice when your age goes up, they know your birthday too." : ""}`],
    week && [week, "Everyone in this room was born in the same week as you, so they know your date to within a few days."],
  ].filter(Boolean);
  return html`<div class="worked-out"><p>What people in your rooms can work out, whether you write there or not:</p>
    <dl>${rows.map(([label, text]) => html`<div key=${label}><dt translate=${false}>${label}</dt><dd>${text}</dd></div>`)}
    </dl>
    <p class="soft small">Other members never see the date itself. The people who run this site can.</p></div>`;
}

/** The section of the page. */
export function Privacy() {
  const { me, more } = useStore(session);
  const change = (name) => (on) => changeSettings({ [name]: on }).catch(toastError);
  return html`<section aria-labelledby="privacy"><h2 class="display" id="privacy">Privacy</h2>
    <ul class="switches">${SWITCHES.map((item) => html`<${Switch} key=${item.name} ...${item}
      on=${me.settings[item.name]} change=${change(item.name)} />`)}</ul>
    <${WorkedOut} dob=${me.dob} age=${me.settings.age}
      week=${more.find(({ kind }) => kind === "week")?.label} />
  </section>`;
}
