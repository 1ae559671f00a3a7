// The picture of a message, and a message in one line, where it may have nothing but a picture.
import { html } from "../kit/ui.js";
import { excerpt } from "../kit/text.js";
import { isShortcut } from "../kit/keys.js";

/** The beginning of a message's text, or that it is a picture. */
export const summary = ({ body, media }, max) => excerpt(body, max) || (media ? "Picture" : "");

/** The picture, in a place that has its size before it is loaded; a click calls `view()`, which shows it whole. */
export function MessagePicture({ media, from, view }) {
  const onClick = (event) => {
    if (isShortcut(event) || event.shiftKey) return; // A new tab or window.
    event.preventDefault();
    view();
  };
  const { url, width, height } = media;
  return html`<a class="message-picture" href=${url} target="_blank" rel="noopener" aria-haspopup="dialog" onClick=${onClick}
    style=${{ "--width": `${width}px`, "--ratio": width / height }}><img src=${`${url}/screen`} loading="lazy"
    decoding="async" width=${width} height=${height} alt=${`Picture from ${from.username}`} /></a>`;
}
