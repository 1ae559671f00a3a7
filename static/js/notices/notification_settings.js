// The settings of notifications: of this device, what they say, when they are silent, and the sound.
import { html, useState } from "../kit/ui.js";
import { Switch } from "../kit/switch.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { changeSettings } from "../kit/settings.js";
import { toastError } from "../kit/toast.js";
import { push, switchPushOff } from "./push.js";
import { switchOn } from "./push_offer.js";
import { play, sound, switchSound } from "./message_sound.js";

const QUIET = { quietFrom: "22:00", quietUntil: "07:00" };

/** What stands below the switch of this device, by what the browser permits. */
const WHY = {
  default: "When somebody writes to you and Konektor isn’t open. Your browser will ask you.",
  granted: "When somebody writes to you and Konektor isn’t open.",
  denied: "Your browser blocks notifications from this site. Allow them in the site’s settings, beside the address, then come back.",
  unsupported: "This browser can’t show notifications. On an iPhone or iPad, add Konektor to the home screen first.",
};

const change = (changes) => changeSettings(changes).catch(toastError);

function ThisDevice() {
  const [busy, setBusy] = useState(false);
  const { permission, on, key } = useStore(push);
  const move = async (isOn) => {
    setBusy(true);
    await (isOn ? switchOn() : switchPushOff().catch(toastError));
    setBusy(false);
  };
  const possible = key && (permission === "default" || permission === "granted");
  return html`<${Switch} name="push" label="Notify me on this device" text=${WHY[permission]} change=${move}
    on=${on && permission === "granted"} disabled=${!possible || busy} />`;
}

function Time({ name, label, settings }) {
  const pick = ({ target: { value } }) => value && change({ ...quietOf(settings), [name]: value });
  return html`<label class="quiet-time">${label} <input type="time" class="input" name=${name} value=${settings[name]}
    onChange=${pick} /></label>`;
}

const quietOf = ({ quietFrom, quietUntil }) => ({ quietFrom, quietUntil });

function QuietHours({ settings }) {
  const on = Boolean(settings.quietFrom);
  const move = (isOn) => change(isOn ? QUIET : { quietFrom: null, quietUntil: null });
  return html`<${Switch} name="quiet" label="Quiet hours" on=${on} change=${move}
      text="Nothing is shown in these hours. What came meanwhile is shown afterwards." />
    ${
      on &&
      html`<li class="quiet-times"><${Time} name="quietFrom" label="From" settings=${settings} />
        <${Time} name="quietUntil" label="to" settings=${settings} /></li>`
    }`;
}

function Sound() {
  const { on } = useStore(sound);
  const move = (isOn) => {
    switchSound(isOn);
    if (isOn) play();
  };
  return html`<${Switch} name="sound" label="Sound" on=${on} change=${move}
    text="A quiet one on this device, for private messages while you’re in another tab." />`;
}

/** The section of the page. */
export function NotificationSettings() {
  const settings = useStore(session, ({ me }) => me.settings);
  return html`<section aria-labelledby="notifications"><h2 class="display" id="notifications">Notifications</h2>
    <ul class="switches"><${ThisDevice} />
      <${Switch} name="pushText" label="Show names and words" on=${Boolean(settings.pushText)}
        change=${(on) => change({ pushText: on })}
        text="Who wrote, and how the message begins. Anybody who sees your screen can read it." />
      <${QuietHours} settings=${settings} /><${Sound} /></ul>
  </section>`;
}
