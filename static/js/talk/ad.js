// A sponsor's greeting on entering a room: a card that leaves by itself and can be closed at once.
import { html, useEffect, useState } from "../kit/ui.js";
import { XIcon } from "../kit/icons.js";

/** The card; it counts down while nobody's focus or pointer is on it, and Escape closes it from anywhere. */
export function Ad({ ad, close }) {
  const [left, setLeft] = useState(ad.seconds);
  const [held, hold] = useState(false);
  const [pictured, setPictured] = useState(true);
  useEffect(() => {
    const escape = (event) => event.key === "Escape" && close();
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, []);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => (left > 1 ? setLeft(left - 1) : close()), 1000);
    return () => clearTimeout(timer);
  }, [left, held]);
  const words = html`${pictured && html`<img src=${ad.imageUrl} alt="" onError=${() => setPictured(false)} />`}
    <b>${ad.label}</b>`;
  const unpoint = (event) => hold(event.currentTarget.contains(document.activeElement));
  // `onfocusin` in lower case: with capitals Preact would wait for an event that is spelled like that.
  return html`<aside class="ad" data-testid="ad" aria-label="From a sponsor" onfocusin=${() => hold(true)}
    onfocusout=${() => hold(false)} onPointerEnter=${() => hold(true)} onPointerLeave=${unpoint}>
    <p class="ad-from">From a sponsor · ${left} s</p>
    ${ad.url ? html`<a class="ad-words" href=${ad.url} target="_blank" rel="noopener noreferrer nofollow sponsored">
      ${words}</a>` : html`<div class="ad-words">${words}</div>`}
    <button type="button" class="icon-button" data-testid="ad-close" aria-label="Close the sponsor's card"
      onClick=${close}><${XIcon} /></button>
    <span class="ad-time" style=${{ "--left": left / ad.seconds }}></span>
  </aside>`;
}
