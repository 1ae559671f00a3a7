// The application's beginning: opens the connection, draws the page that the address names.
import { html, render, useEffect, useRef } from "./kit/ui.js";
import { useStore } from "./kit/store.js";
import { connection } from "./kit/socket.js";
import { begin, session } from "./kit/session.js";
import { listen } from "./talk/live_messages.js";
import { openOutbox } from "./talk/outbox.js";
import { flushDeletions } from "./talk/deletions.js";
import { route } from "./kit/router.js";
import { Shell } from "./kit/shell.js";
import { Rooms } from "./talk/rooms.js";
import { Room } from "./talk/room.js";
import { Invitations } from "./members/invitations.js";
import { Wallet } from "./tokens/wallet.js";
import { Settings } from "./members/settings.js";

const LEFT = "konektor.left";
const TITLES = { rooms: "Your rooms", invitations: "Invitations", wallet: "Wallet", settings: "Settings" };

function Page({ at }) {
  switch (at.page) {
    case "room":
      return html`<${Room} key=${at.label} label=${at.label} />`;
    case "invitations":
      return html`<${Invitations} />`;
    case "wallet":
      return html`<${Wallet} />`;
    case "settings":
      return html`<${Settings} />`;
    default:
      return html`<${Rooms} />`;
  }
}

function App() {
  const at = useStore(route);
  const first = useRef(true);
  useEffect(() => {
    const unread = () => session.get().rooms.reduce((sum, room) => sum + room.unread, 0);
    const title = () => {
      const number = unread();
      document.title = `${number ? `(${number}) ` : ""}${at.label ?? TITLES[at.page]} · Konektor`;
    };
    title();
    // A room takes the focus to its composer by itself, where there is a keyboard.
    if (!first.current && !document.activeElement?.matches("textarea"))
      document.querySelector("[data-page-title]")?.focus();
    first.current = false;
    return session.listen(title);
  }, [at]);
  return html`<${Shell}><${Page} at=${at} /><//>`;
}

/** Leaves for the log-in page, which says why; when that has just been tried, stays and says it here. */
function leave(reason) {
  const before = Number(sessionStorage.getItem(LEFT) ?? 0);
  if (Date.now() - before < 10_000) return;
  sessionStorage.setItem(LEFT, String(Date.now()));
  sessionStorage.setItem("konektor.ended", reason);
  location.replace("/login");
}

connection.listen(() => connection.get().state === "ended" && leave(connection.get().reason));
session.listen(() => session.get().me && openOutbox(session.get().me.id));
route.listen(flushDeletions);
addEventListener("pagehide", flushDeletions);
listen();
const place = document.querySelector("#app");
place.replaceChildren();
render(html`<${App} />`, place);
begin();
