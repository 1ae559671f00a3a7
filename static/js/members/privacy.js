// The privacy settings: what others see of a member, and what they can work out from the rooms they share.
import { html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { changeSettings } from "../kit/settings.js";
import { toastError } from "../kit/toast.js";

const SWITCHES = [
  { name: "age", label: "Show my age", text: "Beside your name, in every list." },
  { name: "online", label: "Show when I’m online", text: "The green dot, and the number of people online in your rooms." },
  { name: "typing", label: "Show when I’m typing", text: "“Ann is typing …” below the messages." },
];

function Switch({ name, label, text, on }) {
  const change = (event) => changeSettings({ [name]: event.target.checked }).catch(toastError);
  return html`<li><label class="switch">
    <span><b id=${`label-${name}`}>${label}</b><span class="soft small" id=${`about-${name}`}>${text}</span></span>
    <input type="checkbox" role="switch" checked=${on} onChange=${change} aria-labelledby=${`label-${name}`}
      aria-describedby=${`about-${name}`} />
  </label></li>`;
}

/** What the people of each room can work out; with the age shown it is more. */
function WorkedOut({ dob, age }) {
  const [year, month, day] = dob.split("-");
  const rows = [
    [dob, "your exact birth date."],
    [`${month}-${day}`, age ? "your birthday, and with your age your exact birth date." : "your birthday, not your year."],
    [year, age ? "your year, and with your age whether your birthday has been this year." : "your year of birth."],
  ];
  return html`<div class="worked-out"><p>People in your rooms can work out more than your age:</p>
    <dl>${rows.map(([label, text]) => html`<div key=${label}><dt translate=${false}>${label}</dt>
      <dd key=${text}>${text}</dd></div>`)}</dl>
    <p class="soft small">If you talk in the room of your week, people there know your birth date to within seven days.
      Nobody else is told your birth date.</p></div>`;
}

/** The section of the page. */
export function Privacy() {
  const me = useStore(session, (state) => state.me);
  return html`<section aria-labelledby="privacy"><h2 class="display" id="privacy">Privacy</h2>
    <ul class="switches">${SWITCHES.map((item) => html`<${Switch} key=${item.name} ...${item}
      on=${me.settings[item.name]} />`)}</ul>
    <${WorkedOut} dob=${me.dob} age=${me.settings.age} />
  </section>`;
}
