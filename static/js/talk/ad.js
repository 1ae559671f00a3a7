// The sponsor's card in a room, which closes by itself after some seconds and can be closed at once.
import { html, useEffect, useLayoutEffect, useState } from "../kit/ui.js";
import { XIcon } from "../kit/icons.js";
import { isComposing } from "../kit/keys.js";

/** The card. Its countdown stops while it has the focus or the pointer; Escape closes it, after what else is open. */
export function Ad({ ad, close }) {
  const [left, setLeft] = useState(ad.seconds);
  const [paused, setPaused] = useState(false);
  const [hasImage, setHasImage] = useState(true);
  useLayoutEffect(() => {
    const onKeyDown = (event) => {
      const isTaken = isComposing(event) || event.defaultPrevented || document.querySelector("dialog[open]");
      if (event.key === "Escape" && !isTaken) close();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
  useEffect(() => {
    if (paused) return undefined;
    const timer = setTimeout(() => (left > 1 ? setLeft(left - 1) : close()), 1000);
    return () => clearTimeout(timer);
  }, [left, paused]);
  const content = html`${hasImage && html`<img src=${ad.imageUrl} alt="" onError=${() => setHasImage(false)} />`}
    <b>${ad.label}</b>`;
  const onPointerLeave = (event) => setPaused(event.currentTarget.contains(document.activeElement));
  // `onfocusin` in lower case: Preact takes the event's name from it as it is spelled, and `FocusIn` does not exist.
  return html`<aside class="ad" data-testid="ad" aria-label="From a sponsor" onfocusin=${() => setPaused(true)}
    onfocusout=${() => setPaused(false)} onPointerEnter=${() => setPaused(true)} onPointerLeave=${onPointerLeave}>
    <p class="ad-sponsor">From a sponsor · ${left} s</p>
    ${ad.url ? html`<a class="ad-content" href=${ad.url} target="_blank" rel="noopener noreferrer nofollow sponsored">
      ${content}</a>` : html`<div class="ad-content">${content}</div>`}
    <button type="button" class="icon-button" data-testid="ad-close" aria-label="Close the sponsor's card"
      onClick=${close}><${XIcon} /></button>
    <span class="ad-countdown" style=${{ "--left": left / ad.seconds }}></span>
  </aside>`;
}
