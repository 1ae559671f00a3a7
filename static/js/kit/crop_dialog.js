// The dialog that crops a picture to a square, by dragging, wheel, pinch and keys, and uploads it.
import { html, useEffect, useLayoutEffect, useRef, useState } from "./ui.js";
import { CloseButton, Dialog } from "./dialog.js";
import { isComposing, isShortcut } from "./keys.js";
import { largest, middle, moved, resized, smallest, zoomOf, zoomed } from "./crop_area.js";
import { upload } from "./upload.js";
import { CircleAlertIcon, PlusIcon } from "./icons.js";

const SIDE = 512;
const QUALITY = 0.9;
const STEP = 0.04;
const FACTOR = 1.15;
const WHEEL = 0.002;

/** The keys that move the square, right and down, in parts of its side. */
const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
const ZOOMS = { "+": 1 / FACTOR, "=": 1 / FACTOR, "-": FACTOR, _: FACTOR };

/** Draws the square on a canvas that has as many pixels as it has room for. */
function draw(canvas, picture, { x, y, side }, pixels) {
  canvas.width = pixels;
  canvas.height = pixels;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x, y, side, side, 0, 0, pixels, pixels);
}

/** The square as a file. Browsers that cannot write WebP write PNG, which is larger but as good. */
function cut(picture, area) {
  const canvas = document.createElement("canvas");
  draw(canvas, picture, area, Math.min(SIDE, Math.round(area.side)));
  return new Promise((resolve) => canvas.toBlob(resolve, "image/webp", QUALITY));
}

/** Where a pointer is on an element, 0 at its left or upper edge and 1 at the other one. */
function placeOn(element, { clientX, clientY }) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

/** Listeners for pointers: one moves the picture, two move and enlarge it. */
function usePointers(picture, change) {
  const held = useRef(new Map());
  const onPointerDown = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current.set(event.pointerId, placeOn(event.currentTarget, event));
  };
  const onPointerUp = (event) => held.current.delete(event.pointerId);
  const onPointerMove = (event) => {
    const before = held.current.get(event.pointerId);
    if (!before) return;
    const now = placeOn(event.currentTarget, event);
    held.current.set(event.pointerId, now);
    const [other] = [...held.current].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    if (!other) {
      change((area) => moved(picture, area, before[0] - now[0], before[1] - now[1]));
      return;
    }
    const distance = ([x, y]) => Math.hypot(x - other[0], y - other[1]) || 1e-3;
    const centre = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
    change((area) => {
      const shifted = moved(picture, area, (before[0] - now[0]) / 2, (before[1] - now[1]) / 2);
      return resized(picture, shifted, shifted.side * (distance(before) / distance(now)), ...centre);
    });
  };
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp };
}

/** How many pixels of the screen an element is wide; 0 until it is shown. */
function usePixels(element) {
  const [pixels, setPixels] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setPixels(Math.round(contentRect.width * devicePixelRatio)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return pixels;
}

/** The square to choose, which takes the focus and the keys. */
function CropView({ picture, area, change }) {
  const canvas = useRef(null);
  const pixels = usePixels(canvas);
  const pointers = usePointers(picture, change);
  useLayoutEffect(() => {
    if (pixels) draw(canvas.current, picture, area, pixels);
  }, [area, pixels]);
  useLayoutEffect(() => {
    const element = canvas.current;
    const onWheel = (event) => {
      event.preventDefault(); // Preact's listener would be passive, and the page would scroll
      change((now) => resized(picture, now, now.side * Math.exp(event.deltaY * WHEEL), ...placeOn(element, event)));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);
  const onKeyDown = (event) => {
    const move = MOVES[event.key];
    const zoom = ZOOMS[event.key];
    if (isComposing(event) || isShortcut(event) || !(move || zoom)) return;
    event.preventDefault();
    change((now) => (move ? moved(picture, now, ...move) : resized(picture, now, now.side * zoom)));
  };
  return html`<div class="crop-view"><canvas ref=${canvas} tabindex="0" role="application" aria-roledescription="crop area"
    aria-label="Position of your picture" aria-describedby="crop-hint" onKeyDown=${onKeyDown} ...${pointers}></canvas></div>`;
}

function Zoom({ picture, area, change }) {
  if (smallest(picture) >= largest(picture)) return null;
  const onInput = (event) => {
    const zoom = event.target.valueAsNumber / 100;
    change((now) => zoomed(picture, now, zoom));
  };
  return html`<label class="crop-zoom"><span>Zoom</span><input type="range" min="0" max="100" step="1"
    value=${Math.round(zoomOf(picture, area) * 100)} onInput=${onInput} /><${PlusIcon} size=${18} /></label>`;
}

/** Sends the square; `{progress, error, send}`, where `progress` is null while nothing is being sent. */
function useSending(picture, area, done) {
  const [progress, setProgress] = useState(null);
  const [error, setError] = useState(null);
  const controller = useRef(null);
  useEffect(() => () => controller.current?.abort(), []);
  const send = async () => {
    controller.current = new AbortController();
    const { signal } = controller.current;
    setError(null);
    setProgress(0);
    try {
      const { mediaId, url } = await upload(await cut(picture, area), { kind: "avatar", onProgress: setProgress, signal });
      done({ mediaId, url });
    } catch (failure) {
      if (signal.aborted) return;
      setError(failure.message);
      setProgress(null);
    }
  };
  return { progress, error, send };
}

/** The dialog; `done` is called once, with `{mediaId, url}` of the uploaded square, or with null. */
export default function CropDialog({ picture, done }) {
  const [area, setArea] = useState(() => middle(picture));
  const { progress, error, send } = useSending(picture, area, done);
  const sending = progress !== null;
  return html`<${Dialog} class="popup crop" aria-labelledby="crop-title" onClose=${() => done(null)}>
    <header class="panel-head"><h2 class="display" id="crop-title">Your picture</h2><${CloseButton} /></header>
    <${CropView} picture=${picture} area=${area} change=${setArea} />
    <p class="soft" id="crop-hint">Drag the picture, or move it with the arrow keys. Zoom with + and −.</p>
    <${Zoom} picture=${picture} area=${area} change=${setArea} />
    <div role="alert">${error && html`<p class="crop-error"><${CircleAlertIcon} size=${18} /><span>${error}</span></p>`}</div>
    ${sending && html`<progress max="1" value=${progress} aria-label="Sending your picture"></progress>`}
    <footer>
      <button type="button" class="button plain" onClick=${(event) => event.currentTarget.closest("dialog").close()}>
        Cancel</button>
      <button type="button" class="button" disabled=${sending} onClick=${send}>${sending ? "Sending…" : "Use picture"}</button>
    </footer>
  <//>`;
}
