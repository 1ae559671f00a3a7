// The settings page: appearance, notifications, privacy, the account, and the devices on which the member is logged in.
import { Badges, Skeleton, Title, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { changeSettings } from "../kit/settings.js";
import { toastError } from "../kit/toast.js";
import { inWords } from "../talk/labels.js";
import { MonitorIcon, MoonIcon, SunIcon } from "../kit/icons.js";
import { NotificationSettings } from "../notices/notification_settings.js";
import { Devices } from "./devices.js";
import { Privacy } from "./privacy.js";

const THEMES = [
  { name: "light", label: "Light", icon: SunIcon },
  { name: "dark", label: "Dark", icon: MoonIcon },
  { name: "system", label: "System", icon: MonitorIcon },
];

function Appearance() {
  const theme = useStore(session, (state) => state.me.settings.theme);
  const pick = (name) => changeSettings({ theme: name }).catch(toastError);
  return html`<fieldset class="themes"><legend class="display">Appearance</legend>
    ${THEMES.map(
      ({ name, label, icon: Icon }) => html`<label key=${name}>
      <input type="radio" name="theme" value=${name} checked=${theme === name} onChange=${() => pick(name)} />
      <span><${Icon} size=${18} />${label}</span></label>`,
    )}
  </fieldset>`;
}

function Account() {
  const me = useStore(session, (state) => state.me);
  return html`<section aria-labelledby="account"><h2 class="display" id="account">Account</h2><dl class="facts-row">
    <div><dt>Name</dt><dd><span translate=${false}>${me.username}</span> <${Badges} member=${me} /></dd></div>
    <div><dt>E-mail</dt><dd translate=${false}>${me.email}</dd></div>
    <div><dt>Born</dt><dd>${inWords(me.dob)}</dd></div>
    <div><dt>Age</dt><dd>${me.age}</dd></div>
    ${me.role !== "member" && html`<div><dt>Role</dt><dd>${me.role}</dd></div>`}
  </dl></section>`;
}

/** The page of settings. */
export default function Settings() {
  const known = useStore(session, ({ me }) => Boolean(me));
  return html`<div class="page-body">
    <header class="page-head"><${Title}>Settings<//></header>
    ${known ? html`<${Appearance} /><${NotificationSettings} /><${Privacy} /><${Account} /><${Devices} />` : html`<${Skeleton}
      label="Loading your settings" />`}
  </div>`;
}
