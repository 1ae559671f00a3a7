// The choice whether others see that the member is online: online, away or invisible.
import { html, useEffect } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { connection, isOnline } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { toastError } from "../kit/toast.js";
import { availability, refreshAvailability, setAvailability } from "./presence_state.js";

const STATES = [
  { name: "online", label: "Online", text: "Friends and people in your rooms see when you’re here." },
  { name: "away", label: "Away", text: "In this tab you don’t count as online. Other devices aren’t affected." },
  { name: "invisible", label: "Invisible", text: "Nobody sees when you’re online, on any device, until you change it." },
];
const HIDDEN = html`Nobody sees when you’re online: you’ve switched that off in <a href="#/settings">Settings</a>.`;

/** The section of the page. */
export function Availability() {
  const { state } = useStore(availability);
  const shows = useStore(session, ({ me }) => me?.settings.online !== false);
  const online = useStore(connection, isOnline);
  useEffect(() => {
    if (online && shows) refreshAvailability();
  }, [online, shows]);
  const choose = (name) => setAvailability(name).catch(toastError);
  return html`<fieldset class="availability" aria-describedby="about-availability">
    <legend class="visually-hidden">Your availability</legend>
    <div class="availability-states">${STATES.map(
      ({ name, label }) => html`<label key=${name}><input type="radio" name="availability" value=${name}
        checked=${state === name} disabled=${!shows} onChange=${() => choose(name)} />
        <span><i class=${`presence-dot ${name}`} />${label}</span></label>`,
    )}</div>
    <p class="soft small" id="about-availability">${
      shows ? (STATES.find(({ name }) => name === state)?.text ?? "") : HIDDEN
    }</p>
  </fieldset>`;
}
