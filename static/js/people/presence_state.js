// Whether others see that the member is online: what was chosen here, and telling the server again after a reconnection.
import { createStore } from "../kit/store.js";
import { ask, askQuietly } from "../kit/socket.js";
import { onHello, session } from "../kit/session.js";
import { tab } from "../kit/local_storage.js";
import { memberKey } from "../kit/owner.js";

const AWAY = memberKey("away");

let isAway = Boolean(tab.read(AWAY));
let choices = 0; // Counts what was chosen here: an answer to a question asked before the last choice is older than it.

/**
 * `state`: online, away or invisible; null until the server has said whether the member is invisible. The server keeps
 * `invisible` for the account, and `away` for a connection only.
 */
export const availability = createStore({ state: null });

function take(state) {
  isAway = state === "away";
  tab.write(AWAY, isAway ? "yes" : null);
  availability.set({ state });
}

/** Chooses a state, at once on this page; rejects, with the one before, when the server did not take it. */
export async function setAvailability(state) {
  const before = availability.get().state;
  const choice = (choices += 1);
  take(state);
  try {
    await ask("presence:set", { state });
  } catch (error) {
    if (choice === choices) take(before);
    if (choice === choices && !before) refreshAvailability();
    throw error;
  }
}

/** Asks the server whether the member is invisible, which any of their devices may have changed. */
export async function refreshAvailability() {
  if (session.get().me.settings.online === false) return; // Then nobody sees it, whatever is chosen here.
  const asked = choices;
  const answer = await askQuietly("profile:get");
  if (!answer || asked !== choices) return;
  if (answer.profile.online === false) take("invisible");
  else take(isAway ? "away" : "online");
}

let isIdle = false;

/** Shows this tab as away while nobody uses the device; answers whether the server knows. What was chosen stays. */
export async function setIdle(idle) {
  isIdle = idle;
  if (!session.get().me) return false;
  // On another device the member may have become invisible, which any state would end.
  if (!isAway) await refreshAvailability();
  const { state } = availability.get();
  if (isIdle !== idle || !state) return false;
  if (state !== "online") return true; // What was chosen hides the member already.
  return Boolean(await askQuietly("presence:set", { state: idle ? "away" : "online" }));
}

/** Makes each new connection one that is away, where this tab is and no other device is invisible. */
export function keepAway() {
  onHello(async () => {
    if (!isAway && !isIdle) return;
    await refreshAvailability();
    const isShown = availability.get().state === "online";
    if (isAway || (isIdle && isShown)) await askQuietly("presence:set", { state: "away" });
  });
}
