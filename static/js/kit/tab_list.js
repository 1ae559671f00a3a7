// Tabs within a page: one of a few panels is shown, and the arrow keys move from tab to tab.
import { html } from "./ui.js";
import { isComposing } from "./keys.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** The tabs, `{name, label, figure}`; `choose(name)` shows another panel. */
export function TabList({ label, tabs, chosen, choose }) {
  const onKeyDown = (event) => {
    if (isComposing(event)) return;
    const at = tabs.findIndex(({ name }) => name === chosen);
    const ends = { Home: 0, End: tabs.length - 1 };
    const step = STEPS[event.key];
    const next = tabs[ends[event.key] ?? (step && (at + step + tabs.length) % tabs.length)];
    if (!next) return;
    event.preventDefault();
    choose(next.name);
    event.currentTarget.querySelector(`#tab-${next.name}`).focus();
  };
  return html`<div class="tab-list" role="tablist" aria-label=${label} onKeyDown=${onKeyDown}>${tabs.map(
    ({ name, label: text, figure }) => html`
    <button key=${name} type="button" role="tab" id=${`tab-${name}`} aria-controls=${`panel-${name}`}
      aria-selected=${name === chosen} tabindex=${name === chosen ? 0 : -1} onClick=${() => choose(name)}>${text}${" "}
      <span class="figure">${figure}</span></button>`,
  )}</div>`;
}

/** The panel of a tab. */
export const TabPanel = ({ name, children }) => html`<div role="tabpanel" id=${`panel-${name}`}
  aria-labelledby=${`tab-${name}`}>${children}</div>`;
