// Shows a first visitor once how messages fade.
import { html } from "../kit/ui.js";
import { session } from "../kit/session.js";

/** The explanation, with a line that shows it. */
export function FadeHint({ close }) {
  return html`<div class="fade-hint" role="group" aria-label="About messages" data-testid="fade-hint">
    <p><b>Said today, gone tomorrow.</b> ${" "}Messages fade as they age, and after ${session.get().limits.keepHours}
      ${" "}hours they are gone.</p>
    <p class="fade-example" aria-hidden="true"><span>just now</span><span>20 h ago</span><span>23 h ago</span></p>
    <button type="button" class="button plain slim" onClick=${close}>Got it</button>
  </div>`;
}
