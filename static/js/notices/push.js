// Push: whether this device is told of messages and notices while no page of the application is open.
import { createStore } from "../kit/store.js";
import { ask, on } from "../kit/socket.js";
import { onGreeting, session } from "../kit/session.js";
import { memberKey } from "../kit/owner.js";
import { read, write } from "../kit/local_storage.js";
import { isPrivate } from "../kit/stream_names.js";
import { worker } from "../kit/worker.js";

const CHOSEN = memberKey("push");
const ASKED = memberKey("push-asked");

const isSupported = Boolean(globalThis.PushManager && globalThis.Notification && navigator.serviceWorker);
const permission = () => (isSupported ? Notification.permission : "unsupported");

/**
 * `permission`: default, granted, denied or unsupported; `on`: whether this device is subscribed; `key`: the server's
 * public key, null until it is known; `offered`: whether the member is to be asked now.
 */
export const push = createStore({ permission: permission(), on: Boolean(read(CHOSEN)), key: null, offered: false });

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const isSame = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Subscribes with the server's key; a subscription with an older key is replaced. */
async function subscribe() {
  const { pushManager } = await worker();
  const key = bytesOf(push.get().key);
  const before = await pushManager.getSubscription();
  const isCurrent = before && isSame(new Uint8Array(before.options.applicationServerKey), key);
  if (before && !isCurrent) await before.unsubscribe();
  const found = isCurrent ? before : await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = found.toJSON();
  await ask("push:subscribe", { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
}

/** Asks for the permission, and subscribes. Call it on a click. Rejects when the browser or the server refuses. */
export async function switchPushOn() {
  forgetOffer();
  push.set({ permission: await Notification.requestPermission() });
  if (push.get().permission !== "granted") return;
  await subscribe();
  write(CHOSEN, "on");
  push.set({ on: true });
}

/** Ends the subscription of this device. */
export async function switchPushOff() {
  write(CHOSEN, null);
  push.set({ on: false });
  await unsubscribe();
  await ask("push:subscribe", { off: true });
}

async function unsubscribe() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** The member does not want to be asked, or has answered. */
export function forgetOffer() {
  write(ASKED, "yes");
  push.set({ offered: false });
}

/** Keeps the subscription: the server forgets it with each login, browsers renew it, and its key may change. */
async function renew() {
  try {
    if (push.get().on && permission() === "granted") await subscribe();
    else await unsubscribe(); // It may be another member's.
  } catch (error) {
    console.debug("not subscribed", error.code ?? error.name);
  }
}

/** Offers it after the first private message that is sent from this device. */
function onMessage({ message }) {
  const isOwn = message.from.id === session.get().me?.id;
  const { key, permission: given } = push.get();
  if (isPrivate(message.stream) && isOwn && key && given === "default" && !read(ASKED)) push.set({ offered: true });
}

/** Follows what the server, the member and the browser decide. */
export function followPush() {
  if (!isSupported) return;
  on("message:new", onMessage);
  onGreeting(() => {
    const { pushKey } = session.get();
    push.set({ key: pushKey, permission: permission() });
    if (pushKey) renew();
  });
  navigator.permissions
    ?.query({ name: "notifications" })
    .then((status) => status.addEventListener("change", () => push.set({ permission: permission() })));
}
