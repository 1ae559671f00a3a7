// The service worker: opens the application without a network, and shows what is pushed while no page is in sight.
/* The server writes VERSION, ICON and BADGE above this text; VERSION changes with every file of the application. */
const SHELL = "/app/shell";
const SHELL_CACHE = `konektor.shell.${VERSION}`;
const PICTURES = "konektor.pictures.";
const PICTURE = /^\/media\/[0-9a-f]{24}(\/(thumb|screen))?$/;
const SHELLS_KEPT = 2; // The one before is for tabs that were opened with it.
const MOST_PICTURES = 80;
const MOST_BYTES = 400_000;
const PICTURE_LIFE = 24 * 3_600_000;
const AWAY = new Set([502, 503, 504]);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const answer = origin === location.origin && event.request.method === "GET" && answerTo(event, pathname);
  if (answer) event.respondWith(answer);
});
self.addEventListener("push", (event) => event.waitUntil(onPush(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(onClick(event.notification)));

/** Stores the shell and every file that it names; fails, to be tried again later, when one is of another version. */
async function install() {
  const cache = await caches.open(SHELL_CACHE);
  const shell = await fetch(SHELL, { credentials: "omit", cache: "no-store" });
  if (!shell.ok) throw new Error(`${SHELL} answered ${shell.status}`);
  const named = (await shell.clone().text()).matchAll(/"(\/static\/[^"?]+\?v=[0-9a-f]+)"/g);
  const addresses = new Set([ICON, BADGE, ...[...named].map(([, address]) => address)]);
  await Promise.all([...addresses].map((address) => keepFile(cache, address)));
  await cache.put(SHELL, shell);
  await self.skipWaiting();
}

async function keepFile(cache, address) {
  const answer = await fetch(address);
  // Otherwise it is not what the hash in the address belongs to: another version is being rolled out.
  if (!answer.ok || !answer.headers.get("Cache-Control")?.includes("immutable")) throw new Error(`${address} changed`);
  await cache.put(address, answer);
}

/** Forgets the shells of versions that no tab should have open any more. */
async function activate() {
  const shells = (await caches.keys()).filter((name) => name.startsWith("konektor.shell.") && name !== SHELL_CACHE);
  await Promise.all(shells.slice(0, Math.max(0, shells.length - SHELLS_KEPT + 1)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The answer to what this worker knows of; everything else goes to the network as if there were no worker. */
function answerTo(event, pathname) {
  if (event.request.mode === "navigate") return pathname === "/app" && application(event.request);
  if (pathname.startsWith("/static/")) return file(event.request);
  return PICTURE.test(pathname) && picture(event);
}

/** The page from the server; the shell, when there is no network or no server. */
async function application(request) {
  const shell = async () => (await caches.open(SHELL_CACHE)).match(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.type === "opaqueredirect") await forgetMembers(); // Nobody is logged in.
    return (AWAY.has(answer.status) && (await shell())) || answer;
  } catch {
    return (await shell()) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** A picture; without a network one that was seen within the last day by the member who is logged in. */
async function picture(event) {
  const name = (await caches.keys()).find((each) => each.startsWith(PICTURES));
  if (!name) return fetch(event.request);
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keepPicture(name, event.request.url, answer.clone()));
    return answer;
  } catch {
    const kept = await caches.match(event.request.url, { ignoreVary: true, cacheName: name });
    return kept && Date.now() - Date.parse(kept.headers.get("Date")) < PICTURE_LIFE ? kept : Response.error();
  }
}

/** Keeps a picture in the member's cache, unless that is gone because they have logged out meanwhile. */
async function keepPicture(name, address, answer) {
  const body = answer.ok && answer.type === "basic" ? await answer.clone().blob() : null;
  if (!(await caches.has(name))) return;
  const cache = await caches.open(name);
  await cache.delete(address);
  if (!body || body.size > MOST_BYTES) return; // One that may not be seen any more is forgotten.
  await cache.put(address, answer);
  const addresses = await cache.keys();
  await Promise.all(addresses.slice(0, Math.max(0, addresses.length - MOST_PICTURES)).map((old) => cache.delete(old)));
}

/** Deletes what is kept of members; what they wrote and did not send is theirs, and stays. */
async function forgetMembers() {
  const pictures = (await caches.keys()).filter((name) => name.startsWith(PICTURES));
  await Promise.all(pictures.map((name) => caches.delete(name)));
  for (const { name } of await indexedDB.databases()) if (name.startsWith("konektor.")) indexedDB.deleteDatabase(name);
  for (const notification of await self.registration.getNotifications()) notification.close();
}

/* What a notification says by its kind, where the member does not let names and texts be pushed. */
const WORDS = {
  message: "You have a new message.",
  request: "Somebody would like to be your friend.",
  matched: "You have a new friend.",
  mention: "Somebody mentioned you.",
  reply: "Somebody replied to you.",
};

/* The same below the name of who caused it. */
const WORDS_BELOW_NAME = { request: "Would like to be your friend.", matched: "You’re friends now." };

/** Shows what was pushed, one notification for each conversation; nothing while a page is in sight, which shows it. */
async function onPush(data) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.some(({ visibilityState }) => visibilityState === "visible")) return;
  const { kind = "", stream = "", username = "", text = "" } = data?.json() ?? {};
  await self.registration.showNotification(username || "Konektor", {
    body: text || (username && WORDS_BELOW_NAME[kind]) || WORDS[kind] || "Something is new.",
    tag: stream || kind,
    icon: ICON,
    badge: BADGE,
    data: { kind, stream },
  });
}

/** The page that a push is about: of its conversation, or of its kind. */
function addressOf({ kind, stream }) {
  if (stream) return stream.startsWith("r:") ? `#/r/${stream.slice(2)}` : `#/messages/${stream}`;
  return kind === "request" ? "#/requests" : "#/notices";
}

/** Shows the place that a notification is about, in an open tab or in a new one. */
async function onClick(notification) {
  notification.close();
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ url }) => new URL(url).pathname === "/app");
  const address = addressOf(notification.data);
  if (!page) {
    await self.clients.openWindow(`/app${address}`);
    return;
  }
  page.postMessage({ open: address });
  await page.focus();
}
