// The entry of the application: connects the parts, and renders the page that the address names.
import { Skeleton, Title, html, render, useEffect, useRef } from "./kit/ui.js";
import { useStore } from "./kit/store.js";
import { connection } from "./kit/socket.js";
import { startSession } from "./kit/session.js";
import { followSettings } from "./kit/settings.js";
import { route, startRouter } from "./kit/router.js";
import { prefetchLater, retry, usePage } from "./kit/page_loader.js";
import { Later } from "./kit/later.js";
import { Shell } from "./kit/shell.js";
import { othersCopy } from "./kit/owner.js";
import { followTranslation } from "./kit/translation.js";
import { listenToMessages } from "./talk/live_messages.js";
import { openOutbox } from "./talk/outbox.js";
import { leave, logOut } from "./talk/leaving.js";
import { flushDeletions } from "./talk/deletions.js";
import { keepDrafts } from "./talk/drafts.js";
import { toast } from "./kit/toast.js";
import { followRequests } from "./people/waiting_requests.js";
import { followAttention, useDocumentTitle } from "./notices/attention.js";
import { followNotices } from "./notices/unread_notices.js";
import { keepAway } from "./people/presence_state.js";
import { announceRequests } from "./people/request_toasts.js";
import { PARTS } from "./talk/parts.js";
import { RoomShortcuts } from "./talk/room_links.js";
import { PROFILE_CARD, ProfilePlace } from "./people/open_profile.js";
import { OutboxCount } from "./talk/outbox_count.js";
import { PAGES } from "./manifest.js";

const BACKGROUND = { name: "background", load: () => import("./background.js"), style: "notices/push_offer.css" };

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
  useDocumentTitle(at.page.title ?? at.param);
  useTitleFocus(at, Boolean(Component || error));
  return html`<${Shell} pages=${PAGES} status=${html`<${OutboxCount} />`} offer=${html`<${Later} part=${BACKGROUND} />`}
    shortcuts=${html`<${RoomShortcuts} /><${ProfilePlace} />`}>
    ${
      Component
        ? html`<${Component} key=${at.page.steady ? at.page.name : `${at.page.name} ${at.param}`} param=${at.param} />`
        : html`<${PageLoading} page=${at.page} error=${error} />`
    }
  <//>`;
}

/** Tells whoever sent a form that was open before another tab logged in; the server adds this to the address. */
function tellLoggedIn() {
  if (!new URLSearchParams(location.search).has("already")) return;
  history.replaceState(history.state, "", location.pathname + location.hash);
  toast("You’re already logged in.");
}

if (othersCopy()) await import("./kit/local_copy.js").then(({ forgetOthers }) => forgetOthers());
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
followNotices();
followAttention();
keepAway();
followTranslation();
const root = document.querySelector("#app");
root.replaceChildren();
render(html`<${App} />`, root);
prefetchLater([...PAGES, PARTS, PROFILE_CARD]);
startSession();
