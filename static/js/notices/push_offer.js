// The offer to be told of messages, after the first private one was sent.
import { html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { toast, toastError } from "../kit/toast.js";
import { BellIcon } from "../kit/icons.js";
import { forgetOffer, push, switchPushOn } from "./push.js";

/** Switches it on, and says what came of it. */
export async function switchOn() {
  try {
    await switchPushOn();
    if (push.get().on) toast("You’ll be told on this device when somebody writes to you.");
  } catch (error) {
    const message = error.code === undefined || error.name === "AbortError" ? FAILED : error.message;
    toastError({ message });
  }
}

const FAILED = "Your browser couldn’t set up notifications. Try again later.";

/** The card; nothing while there is nothing to offer. */
export function PushOffer() {
  const { offered } = useStore(push);
  if (!offered) return null;
  return html`<section class="push-offer" aria-labelledby="push-offer" data-testid="push-offer">
    <${BellIcon} size=${22} />
    <p id="push-offer"><b>Get told when somebody writes to you</b> <span class="soft small">Also when Konektor is
      closed. Only that there is something, not what it says.</span></p>
    <div class="row-actions"><button type="button" class="button slim" onClick=${switchOn}>Turn on</button><button
      type="button" class="button plain slim" onClick=${forgetOffer}>Not now</button></div>
  </section>`;
}
