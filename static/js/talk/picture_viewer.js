// The viewer: a dialog with a picture of the talk as large as the window, from which one goes on to the others.
import { html, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { isComposing, isShortcut } from "../kit/keys.js";
import { ChevronRightIcon } from "../kit/icons.js";
import { full, moment } from "../kit/time.js";
import { streamOf } from "./message_store.js";
import { shownOf } from "./past_messages.js";
import { excerpt } from "../kit/text.js";
import { ChevronLeftIcon, ExternalLinkIcon, ZoomInIcon, ZoomOutIcon } from "./picture_icons.js";
import { useZoom } from "./picture_zoom.js";

/** The messages with a picture that are loaded, and which of them is shown: `{messages, at, go(step)}`. */
function usePictures(first) {
  const state = useStore(streamOf(first.stream), shownOf);
  const [shown, show] = useState(first);
  const messages = state.messages.filter(({ media, deleted }) => media && !deleted);
  const at = messages.findIndex(({ id }) => id === shown.id);
  const go = (step) => at >= 0 && messages[at + step] && show(messages[at + step]);
  return { messages, at, message: messages[at] ?? null, go };
}

function Bar({ message, place, view, zoom, reset }) {
  const { from, createdAt, media } = message;
  return html`<header class="viewer-bar">
    <p class="viewer-title" id="viewer-title"><b translate=${false}>${from.username}</b>
      <span class="small"><time dateTime=${createdAt} title=${full(createdAt)}>${moment(createdAt)}</time>${place}</span></p>
    <button type="button" class="icon-button" aria-label="Zoom out" title="Zoom out (−)" disabled=${view.scale <= 1}
      onClick=${() => zoom(-1)}><${ZoomOutIcon} /></button>
    <button type="button" class="viewer-scale" aria-label=${`${Math.round(view.scale * 100)} %, show the whole picture`}
      title="Whole picture (0)" onClick=${reset}>${Math.round(view.scale * 100)} %</button>
    <button type="button" class="icon-button" aria-label="Zoom in" title="Zoom in (+)" onClick=${() => zoom(1)}><${ZoomInIcon} /></button>
    <a class="icon-button" href=${media.url} target="_blank" rel="noopener" aria-label="Open in a new tab"
      title="Open in a new tab"><${ExternalLinkIcon} /></a>
    <${CloseButton} />
  </header>`;
}

function Step({ label, icon: Icon, side, run, isEnd }) {
  return html`<button type="button" class=${`icon-button viewer-step ${side}`} aria-label=${label} title=${label}
    aria-disabled=${isEnd} onClick=${run}><${Icon} size=${28} /></button>`;
}

/** The dialog; `message` is the one with the picture that was clicked. */
export default function PictureViewer({ message: first, close }) {
  const { messages, at, message, go } = usePictures(first);
  const [failed, fail] = useState(null);
  const { stage, picture, view, zoom, reset, pointers } = useZoom(message?.id);
  const dialog = useRef(null);
  const onKeyDown = (event) => {
    if (isComposing(event) || isShortcut(event)) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const steps = { "+": 1, "=": 1, "-": -1, _: -1 }[event.key];
    if (step) go(step);
    else if (steps) zoom(steps);
    else if (event.key === "0") reset();
    else return;
    event.preventDefault();
  };
  const shown = message ?? first;
  const place = messages.length > 1 && at >= 0 ? ` · ${at + 1} of ${messages.length}` : "";
  const style = { transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` };
  return html`<${Dialog} class=${view.scale > 1 ? "viewer zoomed" : "viewer"} box=${dialog} aria-labelledby="viewer-title"
    data-testid="viewer" onKeyDown=${onKeyDown} onClose=${close}>
    <${Bar} message=${shown} place=${place} view=${view} zoom=${zoom} reset=${reset} />
    <div class="viewer-stage" ref=${stage} ...${pointers}>
      ${
        !message || failed === shown.id
          ? html`<p>This picture isn’t there any more.</p>`
          : html`<img key=${message.id} ref=${picture} src=${message.media.url} alt=${`Picture from ${message.from.username}`}
            width=${message.media.width} height=${message.media.height} draggable=${false} style=${style} onError=${() => fail(message.id)} />`
      }
      ${
        messages.length > 1 &&
        html`<${Step} side="before" label="Previous picture" icon=${ChevronLeftIcon} isEnd=${at <= 0} run=${() => go(-1)} />
        <${Step} side="after" label="Next picture" icon=${ChevronRightIcon} isEnd=${at === messages.length - 1} run=${() => go(1)} />`
      }
    </div>
    <p class="viewer-text">${excerpt(shown.body, 200)}</p>
    <span class="visually-hidden" role="status">${place && `Picture ${at + 1} of ${messages.length}`}</span>
  <//>`;
}
