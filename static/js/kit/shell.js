// The frame around every page of the application: navigation, connection status, toasts.
import { html, useEffect, useRef, useState } from "./ui.js";
import { useStore } from "./store.js";
import { connection } from "./socket.js";
import { route } from "./router.js";
import { LinkBack, Rail, Tabs } from "./navigation.js";
import { Toasts } from "./toast.js";
import { WifiOffIcon } from "./icons.js";

const OFFLINE_GRACE = 1200;

const STATUS = {
  connecting: "Connecting …",
  online: "Connected.",
  offline: "You’re offline.",
  ended: "You’ve been logged out.",
};

/** The connection status: visible while something is wrong, announced politely when that lasts. */
function ConnectionStatus({ details }) {
  const state = useStore(connection, (value) => value.state);
  const [announcement, announce] = useState("");
  const previous = useRef(state);
  useEffect(() => {
    const isBack = state === "online" && previous.current === "offline";
    const timer = setTimeout(
      () => {
        previous.current = state;
        announce(state === "offline" ? STATUS.offline : isBack ? "Connected again." : "");
      },
      state === "offline" ? OFFLINE_GRACE : 0,
    );
    return () => clearTimeout(timer);
  }, [state]);
  const shown = state === "offline" || state === "ended";
  return html`<section class=${shown ? "connection shown" : "connection"} aria-label="Connection"
    data-testid="connection" data-state=${state}>
    ${shown && html`<${WifiOffIcon} size=${16} />`}
    <span class=${shown ? "" : "visually-hidden"}>${STATUS[state]}${shown && details}</span>
    <span class="visually-hidden" role="status">${announcement}</span>
  </section>`;
}

/**
 * The frame. `status` is what the connection status adds while offline, `offer` stands above every page, `shortcuts` are
 * the keys that work on every page.
 */
export function Shell({ pages, shortcuts, status, offer, children }) {
  const at = useStore(route);
  const destinations = pages.filter(({ nav }) => nav);
  const hue = at.page.hue?.(at.param);
  return html`<div class="shell hued" data-page=${at.page.name}
    data-param=${at.param || null} style=${hue === undefined ? {} : { "--hue": hue }}>
    <a class="skip" href="#main" onClick=${skipToContent}>Skip to the content</a>
    <${Rail} at=${at} destinations=${destinations} />
    <div class="stage">
      <${ConnectionStatus} details=${status} />
      ${offer}
      <main id="main" tabindex="-1"><${LinkBack} at=${at} />${children}</main>
    </div>
    <${Tabs} at=${at} destinations=${destinations} />
    <${Toasts} />
    ${shortcuts}
  </div>`;
}

function skipToContent(event) {
  event.preventDefault(); // The part of the address after # is the route.
  document.querySelector("#main").focus();
}
