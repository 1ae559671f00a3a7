// The service worker, with which the application opens offline and hears what is pushed; registered once that is of use.
import { onGreeting } from "./session.js";

const ADDRESS = "/service_worker.js";
const DELAY = 10_000;

/** The registration, made now where there is none yet; null in a browser without service workers. */
export async function worker() {
  if (!navigator.serviceWorker) return null;
  await navigator.serviceWorker.register(ADDRESS);
  return navigator.serviceWorker.ready;
}

/** Registers it some time after the first greeting, so that it does not compete with the first page; and listens. */
export function registerWorker() {
  let timer = null;
  const register = () => worker().catch((error) => console.debug("no service worker", error.message));
  // A notification was clicked while this tab was open.
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.open) location.hash = data.open;
  });
  onGreeting(() => {
    timer ??= setTimeout(register, DELAY);
  });
}
