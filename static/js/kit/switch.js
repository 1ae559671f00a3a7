// A switch with its name and a sentence about it; a page that uses it links members/settings.css.
import { html } from "./ui.js";

/** The switch; `change(on)` is called when it is moved. */
export function Switch({ name, label, text, on, change, disabled = false }) {
  return html`<li><label class="switch">
    <span><b id=${`label-${name}`}>${label}</b>${
      text && html`<span class="soft small" id=${`about-${name}`}>${text}</span>`
    }</span>
    <input type="checkbox" role="switch" checked=${on} disabled=${disabled} onChange=${(event) => change(event.target.checked)}
      aria-labelledby=${`label-${name}`} aria-describedby=${text ? `about-${name}` : null} />
  </label></li>`;
}
