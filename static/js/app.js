// The entry of the application: connects the parts, and renders the page that the address names.
import { Skeleton, Title, html, render, useEffect, useRef } from "./kit/ui.js";
import { useStore } from "./kit/store.js";
import { connection, halt } from "./kit/socket.js";
import { startSession } from "./kit/session.js";
import { followSettings } from "./kit/settings.js";
import { unread, unreadTotal } from "./kit/unread.js";
import { route, startRouter } from "./kit/router.js";
import { tab } from "./kit/local_storage.js";
import { prefetchLater, retry, usePage } from "./kit/page_loader.js";
import { Shell } from "./kit/shell.js";
import { followTranslation } from "./kit/translation.js";
import { listenToMessages } from "./talk/live_messages.js";
import { clearStoredData, openOutbox } from "./talk/outbox.js";
import { flushDeletions } from "./talk/deletions.js";
import { keepDrafts } from "./talk/drafts.js";
import { toast } from "./kit/toast.js";
import { followRequests, waiting, waitingCount } from "./people/waiting_requests.js";
import { keepAway } from "./people/presence_state.js";
import { announceRequests } from "./people/request_toasts.js";
import { PARTS } from "./talk/parts.js";
import { RoomShortcuts } from "./talk/room_links.js";
import { PROFILE_CARD, ProfilePlace } from "./people/open_profile.js";
import { UnblockPlace } from "./people/unblock.js";
import { OutboxCount } from "./talk/outbox_items.js";
import { PAGES } from "./manifest.js";

const LEFT_KEY = "konektor.left";
const LOOP_GUARD = 10_000;

/** Ends of a session after which nothing of the member stays in this browser. */
const LOGGED_OUT = new Set(["logout", "deleted"]);

/** Shown while the module of a page is loading, and when that has failed. */
function PageLoading({ page, error }) {
  return html`<div class="page-body">
    ${
      error
        ? html`<header class="page-head"><${Title}>${page.title}<//></header>
      <p class="notice bad" role="alert">This page could not be loaded. <button type="button"
        class="button plain slim" onClick=${() => retry(page)}>Try again</button></p>`
        : html`<${Skeleton} label="Loading the page" />`
    }
  </div>`;
}

/** Keeps the document's title, with the number of unread messages and waiting requests. */
function useDocumentTitle({ page, param }) {
  useEffect(() => {
    const update = () => {
      const number = unreadTotal(unread.get()) + waitingCount(waiting.get());
      document.title = `${number ? `(${number}) ` : ""}${page.title ?? param} · Konektor`;
    };
    update();
    const ends = [unread.subscribe(update), waiting.subscribe(update)];
    return () => ends.forEach((end) => end());
  }, [page, param]);
}

/** Moves the focus to the title of each page after the first; a room moves it to its composer. */
function useTitleFocus(at, shown) {
  const first = useRef(true);
  useEffect(() => {
    if (!shown) return;
    if (!first.current && !document.activeElement?.matches("textarea"))
      document.querySelector("[data-page-title]")?.focus();
    first.current = false;
  }, [at, shown]);
}

function App() {
  const at = useStore(route);
  const { Component, error } = usePage(at.page);
  useDocumentTitle(at);
  useTitleFocus(at, Boolean(Component || error));
  return html`<${Shell} pages=${PAGES} status=${html`<${OutboxCount} />`}
    shortcuts=${html`<${RoomShortcuts} /><${ProfilePlace} /><${UnblockPlace} />`}>
    ${
      Component
        ? html`<${Component} key=${`${at.page.name} ${at.param}`} param=${at.param} />`
        : html`<${PageLoading} page=${at.page} error=${error} />`
    }
  <//>`;
}

/** Redirects to the login page, which shows the reason; not twice in a row, so that the two do not loop. */
function leave(reason) {
  if (LOGGED_OUT.has(reason)) clearStoredData();
  const before = Number(tab.read(LEFT_KEY));
  if (Date.now() - before < LOOP_GUARD) return;
  tab.write(LEFT_KEY, String(Date.now()));
  tab.write("konektor.ended", reason);
  location.replace("/login");
}

/** Runs before the form is sent. Without halting, `session:ended` would lead to the login page in between. */
function logOut() {
  clearStoredData();
  halt();
}

/** Tells whoever sent a form that was open before another tab logged in; the server adds this to the address. */
function tellLoggedIn() {
  if (!new URLSearchParams(location.search).has("already")) return;
  history.replaceState(history.state, "", location.pathname + location.hash);
  toast("You’re already logged in.");
}

connection.subscribe(() => (document.documentElement.dataset.connection = connection.get().state));
connection.subscribe(() => connection.get().state === "ended" && leave(connection.get().reason));
openOutbox();
tellLoggedIn();
startRouter(PAGES);
route.subscribe(flushDeletions);
addEventListener("pagehide", flushDeletions);
addEventListener("pagehide", keepDrafts);
document.querySelector("#logout").addEventListener("submit", logOut);
followSettings();
listenToMessages();
followRequests();
announceRequests();
keepAway();
followTranslation();
const root = document.querySelector("#app");
root.replaceChildren();
render(html`<${App} />`, root);
prefetchLater([...PAGES, PARTS, PROFILE_CARD]);
startSession();
