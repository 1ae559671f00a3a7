// The settings page: the account, the theme, and the sessions on other devices.
import { Badges, Skeleton, Title, count, html, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask } from "../kit/socket.js";
import { useAsk } from "../kit/use_ask.js";
import { session } from "../kit/session.js";
import { read, write } from "../kit/local_storage.js";
import { toast, toastError } from "../kit/toast.js";
import { inWords } from "../talk/labels.js";
import { date, relative, tick } from "../kit/time.js";
import { MonitorIcon, MoonIcon, SmartphoneIcon, SunIcon } from "../kit/icons.js";

const THEMES = [
  { name: "", label: "As the system", icon: MonitorIcon },
  { name: "light", label: "Light", icon: SunIcon },
  { name: "dark", label: "Dark", icon: MoonIcon },
];

function Theme() {
  const [theme, setTheme] = useState(() => read("konektor.theme") ?? "");
  const pick = (name) => {
    setTheme(name);
    write("konektor.theme", name);
    if (name) document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
  };
  return html`<fieldset class="themes"><legend class="display">Light and dark</legend>
    ${THEMES.map(
      ({ name, label, icon: Icon }) => html`<label key=${name}>
      <input type="radio" name="theme" value=${name} checked=${theme === name} onChange=${() => pick(name)} />
      <span><${Icon} size=${18} />${label}</span></label>`,
    )}
  </fieldset>`;
}

function Account() {
  const { me } = useStore(session);
  if (!me) return html`<${Skeleton} />`;
  return html`<section aria-label="You"><dl class="facts-row">
    <div><dt>Name</dt><dd>${me.username} <${Badges} member=${me} /></dd></div>
    <div><dt>E-mail</dt><dd>${me.email}</dd></div>
    <div><dt>Born</dt><dd>${inWords(me.dob)}</dd></div>
    <div><dt>Age</dt><dd>${me.age}</dd></div>
    ${me.role !== "member" && html`<div><dt>Role</dt><dd>${me.role}</dd></div>`}
  </dl></section>`;
}

function Session({ login, end }) {
  const Icon = /iphone|android|mobile|ipad/i.test(login.device) ? SmartphoneIcon : MonitorIcon;
  const lastUse = login.current ? "This browser" : `Last used ${relative(login.lastSeen)}`;
  return html`<li class="session">
    <${Icon} />
    <span class="session-device"><b>${login.device}</b>
      <span class="soft small">${lastUse} · since ${date(login.createdAt)}</span></span>
    ${!login.current && html`<button type="button" class="button plain slim"
      aria-label=${`End the session on ${login.device}`} onClick=${end}>End</button>`}
  </li>`;
}

function Sessions() {
  useStore(tick);
  const { data: logins, error, reload } = useAsk("session:list");
  const end = async (selection) => {
    try {
      const { revoked } = await ask("session:revoke", selection);
      toast(`${count(revoked, "session")} ended.`);
      await reload();
      document.querySelector("#sessions")?.focus(); // The focused button is gone.
    } catch (failure) {
      toastError(failure);
    }
  };
  return html`<section aria-labelledby="sessions"><h2 class="display" id="sessions"
    tabindex="-1">Where you are signed in</h2>
    ${error && html`<p class="notice bad" role="alert">${error.message}</p>`}
    ${!logins && !error && html`<${Skeleton} label="Loading your sessions" />`}
    ${logins && html`<ul class="sessions">${logins.map((login) => html`<${Session} key=${login.id} login=${login}
      end=${() => end({ id: login.id })} />`)}</ul>`}
    ${logins?.length > 1 && html`<button type="button" class="button plain"
      onClick=${() => end({ others: true })}>End all others</button>`}
  </section>`;
}

/** The page of settings. */
export default function Settings() {
  return html`<div class="page-body">
    <header class="page-head"><${Title}>Settings<//></header>
    <${Account} />
    <${Theme} />
    <${Sessions} />
  </div>`;
}
