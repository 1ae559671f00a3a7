// Dragging a card: it follows the finger or mouse, is thrown to a side or springs back, and comes back from there.
import { useLayoutEffect, useRef } from "../kit/ui.js";

const START = 8;
const MOST_DISTANCE = 140;
const SHARE = 0.35;
const FLICK = 0.55; // Pixels per ms.
const FLICK_DISTANCE = 32;
const SAMPLES = 100;
const TILT = 0.045;
const FLIGHT = 280;
const FADE = 160;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** How far a card is pulled, from -1 (pass) to 1 (like); the stylesheet shows the stamps by it. */
const pull = (card, share) => card.style.setProperty("--pull", Math.max(-1, Math.min(1, share)));

function move(card, x, y) {
  const tilt = calm.matches ? 0 : Math.max(-14, Math.min(14, x * TILT));
  card.style.transform = `translate3d(${x}px, ${y}px, 0) rotate(${tilt}deg)`;
  pull(card, x / distanceOf(card));
}

/** Lets go of a card, which springs back to its place. */
export function settle(card) {
  card.classList.remove("dragged");
  card.style.transform = "";
  pull(card, 0);
}

/** The distance after which a card that is let go is swiped. */
const distanceOf = (card) => Math.min(MOST_DISTANCE, card.offsetWidth * SHARE);

/** Pixels per ms, over the last moments. */
function speedOf(samples) {
  const [first] = samples;
  const last = samples.at(-1);
  return last.at > first.at ? (last.x - first.x) / (last.at - first.at) : 0;
}

/** The side to which a card that is let go has been swiped, or null. */
function sideOf(card, x, speed) {
  const isFlick = Math.abs(speed) > FLICK && Math.abs(x) > FLICK_DISTANCE && Math.sign(speed) === Math.sign(x);
  if (!isFlick && Math.abs(x) < distanceOf(card)) return null;
  return x > 0 ? "right" : "left";
}

const isControl = (target) => target.closest("a, button, input, textarea, select");

/** The listeners of a drag on one card; `swiped(dir)` returns whether the card goes. */
function follow(card, swiped) {
  let drag = null;
  const begin = (event) => {
    if (drag || !event.isPrimary || event.button !== 0 || isControl(event.target)) return;
    drag = { id: event.pointerId, x: event.clientX, y: event.clientY, moving: false, samples: [] };
  };
  const onMove = (event) => {
    if (event.pointerId !== drag?.id) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moving && (Math.abs(x) < START || Math.abs(x) < Math.abs(y))) return;
    if (!drag.moving) start(event);
    drag.samples = [...drag.samples, { x, at: event.timeStamp }].filter(({ at }) => at >= event.timeStamp - SAMPLES);
    move(card, x, y / 3);
  };
  const start = (event) => {
    drag.moving = true;
    card.classList.add("dragged");
    card.setPointerCapture(event.pointerId);
    getSelection()?.removeAllRanges();
  };
  const end = (event) => {
    if (event.pointerId !== drag?.id) return;
    const { moving, x, samples } = drag;
    drag = null;
    if (!moving) return;
    const side = event.type === "pointerup" && sideOf(card, event.clientX - x, speedOf(samples));
    if (!side || !swiped(side)) settle(card);
  };
  return { pointerdown: begin, pointermove: onMove, pointerup: end, pointercancel: end };
}

/** Makes a card follow the finger while `active`; returns the ref of its element. */
export function useDrag(active, swiped) {
  const box = useRef(null);
  const latest = useRef(swiped);
  latest.current = swiped;
  useLayoutEffect(() => {
    if (!active) return undefined;
    const card = box.current;
    const listeners = Object.entries(follow(card, (dir) => latest.current(dir)));
    for (const [name, listener] of listeners) card.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of listeners) card.removeEventListener(name, listener);
    };
  }, [active]);
  return box;
}

const outside = (dir) => {
  const side = dir === "right" ? 1 : -1;
  return `translate3d(${side * Math.max(innerWidth, 600)}px, 40px, 0) rotate(${side * 18}deg)`;
};

/** Lets a card leave to a side, from where it is; resolves with whether it is gone. Without motion it fades. */
export function leave(card, dir) {
  pull(card, dir === "right" ? 1 : -1);
  const flight = calm.matches
    ? card.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE, fill: "forwards" })
    : card.animate([{ transform: card.style.transform || "none" }, { transform: outside(dir) }], {
        duration: FLIGHT,
        easing: "cubic-bezier(0.3, 0.1, 0.7, 1)",
        fill: "forwards",
      });
  return flight.finished.then(
    () => true,
    () => false, // It has come back.
  );
}

/** Lets a card come back from a side. */
export function comeBack(card, dir) {
  settle(card);
  for (const flight of card.getAnimations()) flight.cancel();
  if (calm.matches) card.animate([{ opacity: 0 }, { opacity: 1 }], { duration: FADE });
  else
    card.animate([{ transform: outside(dir) }, { transform: "none" }], {
      duration: FLIGHT,
      easing: "cubic-bezier(0.2, 0.7, 0.2, 1)",
    });
}
