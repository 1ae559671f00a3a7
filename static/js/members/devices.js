// The devices on which a member is logged in: this one first, each with what tells it apart.
import { Skeleton, count, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask } from "../kit/socket.js";
import { useAsk } from "../kit/use_ask.js";
import { toast, toastError } from "../kit/toast.js";
import { moment, relative, tick } from "../kit/time.js";
import { MonitorIcon, SmartphoneIcon } from "../kit/icons.js";

function Device({ login, end }) {
  const Icon = /iphone|android|mobile|ipad/i.test(login.device) ? SmartphoneIcon : MonitorIcon;
  return html`<li class="device">
    <${Icon} />
    <span class="device-name"><b>${login.device}</b>
      <span class="soft small">${login.current ? "This device" : `Last used ${relative(login.lastSeen)}`}</span>
      <span class="soft small">Logged in on ${moment(login.createdAt)}</span></span>
    ${!login.current && html`<button type="button" class="button plain slim"
      aria-label=${`Log out ${login.device}`} onClick=${end}>Log out</button>`}
  </li>`;
}

/** The section of the page. */
export function Devices() {
  useStore(tick);
  const { data, error, reload } = useAsk("session:list");
  const logins = data && [...data].sort((one, two) => Number(two.current) - Number(one.current));
  const end = async (selection) => {
    try {
      const { revoked } = await ask("session:revoke", selection);
      toast(`Logged out of ${count(revoked, "device")}.`);
      await reload();
      document.querySelector("#devices")?.focus(); // The focused button is gone.
    } catch (failure) {
      toastError(failure);
    }
  };
  return html`<section aria-labelledby="devices"><h2 class="display" id="devices" tabindex="-1">Devices</h2>
    ${error && html`<p class="notice bad" role="alert">${error.message}</p>`}
    ${!logins && !error && html`<${Skeleton} label="Loading your devices" />`}
    ${logins && html`<ul class="devices">${logins.map((login) => html`<${Device} key=${login.id} login=${login}
      end=${() => end({ id: login.id })} />`)}</ul>`}
    ${logins?.length > 1 && html`<button type="button" class="button plain"
      onClick=${() => end({ others: true })}>Log out everywhere else</button>`}
  </section>`;
}
