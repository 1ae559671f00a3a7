// Settings: who one is here, light or dark, and where one is signed in.
import { Title, Waiting, count, html, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask, connection, hangUp } from "../kit/socket.js";
import { useAsked } from "../kit/use_ask.js";
import { session } from "../kit/session.js";
import { clearKept, outbox } from "../talk/outbox.js";
import { read, write } from "../kit/local_storage.js";
import { toast, toastError } from "../kit/toast.js";
import { Marks } from "../talk/message.js";
import { inWords } from "../talk/labels.js";
import { date, relative, tick } from "../kit/time.js";
import { LogOutIcon, MonitorIcon, MoonIcon, SmartphoneIcon, SunIcon } from "../kit/icons.js";

const THEMES = [
  { name: "", label: "As the system", icon: MonitorIcon },
  { name: "light", label: "Light", icon: SunIcon },
  { name: "dark", label: "Dark", icon: MoonIcon },
];

function Theme() {
  const [chosen, choose] = useState(() => read("konektor.theme") ?? "");
  const pick = (name) => {
    choose(name);
    write("konektor.theme", name);
    if (name) document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
  };
  return html`<fieldset class="themes"><legend class="airy">Light and dark</legend>
    ${THEMES.map(
      ({ name, label, icon: Icon }) => html`<label key=${name}>
      <input type="radio" name="theme" value=${name} checked=${chosen === name} onChange=${() => pick(name)} />
      <span><${Icon} size=${18} />${label}</span></label>`,
    )}
  </fieldset>`;
}

function You() {
  const { me } = useStore(session);
  if (!me) return html`<${Waiting} />`;
  return html`<section aria-label="You"><dl class="facts-row">
    <div><dt>Name</dt><dd>${me.username} <${Marks} who=${me} /></dd></div>
    <div><dt>E-mail</dt><dd>${me.email}</dd></div>
    <div><dt>Born</dt><dd>${inWords(me.dob)}</dd></div>
    <div><dt>Age</dt><dd>${me.age}</dd></div>
    ${me.role !== "member" && html`<div><dt>Role</dt><dd>${me.role}</dd></div>`}
  </dl></section>`;
}

function Login({ login, end }) {
  const Icon = /iphone|android|mobile|ipad/i.test(login.device) ? SmartphoneIcon : MonitorIcon;
  const used = login.current ? "This browser" : `Last used ${relative(login.lastSeen)}`;
  return html`<li class="login">
    <${Icon} />
    <span class="login-what"><b>${login.device}</b>
      <span class="soft small">${used} · since ${date(login.createdAt)}</span></span>
    ${!login.current && html`<button type="button" class="button plain slim"
      aria-label=${`End the session on ${login.device}`} onClick=${end}>End</button>`}
  </li>`;
}

function Sessions() {
  useStore(tick);
  const [logins, error, again] = useAsked("session:list");
  const end = async (which) => {
    try {
      const { revoked } = await ask("session:revoke", which);
      toast(`${count(revoked, "session")} ended.`);
      await again();
      document.querySelector("#sessions")?.focus(); // The button that had the focus is gone.
    } catch (wrong) {
      toastError(wrong);
    }
  };
  return html`<section aria-labelledby="sessions"><h2 class="airy" id="sessions"
    tabindex="-1">Where you are signed in</h2>
    ${error && html`<p class="notice bad" role="alert">${error.message}</p>`}
    ${!logins && !error && html`<${Waiting} label="Loading your sessions" />`}
    ${logins && html`<ul class="logins">${logins.map((login) => html`<${Login} key=${login.id} login=${login}
      end=${() => end({ id: login.id })} />`)}</ul>`}
    ${logins?.length > 1 && html`<button type="button" class="button plain"
      onClick=${() => end({ others: true })}>End all others</button>`}
  </section>`;
}

function logOut() {
  if (connection.get().state !== "online") {
    toast("Logging out needs the connection; you are still signed in here.", { bad: true });
    return;
  }
  const waiting = outbox.get().items.length;
  if (
    waiting &&
    !confirm(`${count(waiting, "message")} not sent yet. Log out and lose ${waiting === 1 ? "it" : "them"}?`)
  )
    return;
  clearKept();
  hangUp(); // Or the word that this session has ended would lead elsewhere before the form's answer is here.
  document.querySelector("#logout").submit();
}

/** The page of settings. */
export function Settings() {
  return html`<div class="page-body">
    <header class="page-head"><${Title}>Settings<//></header>
    <${You} />
    <${Theme} />
    <${Sessions} />
    <section><button type="button" class="button danger" data-testid="logout" onClick=${logOut}><${LogOutIcon}
      size=${18} />Log out</button></section>
  </div>`;
}
