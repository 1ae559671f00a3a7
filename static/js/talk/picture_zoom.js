// Zooming into a picture: with the wheel, two fingers, a double click and the keys, and moving what is too large.
import { useLayoutEffect, useRef, useState } from "../kit/ui.js";

const MOST = 8;
const STEP = 1.5;
const WHEEL = 0.0025;
const WHOLE = { scale: 1, x: 0, y: 0 };

const clamp = (value, most) => Math.min(most, Math.max(-most, value));

/** A view, `{scale, x, y}` with the shift of the picture's centre in pixels, within the bounds of the stage. */
function bounded({ scale, x, y }, stage, picture) {
  const size = Math.min(MOST, Math.max(1, scale));
  const mostX = Math.max(0, (picture.offsetWidth * size - stage.clientWidth) / 2);
  const mostY = Math.max(0, (picture.offsetHeight * size - stage.clientHeight) / 2);
  return { scale: size, x: clamp(x, mostX), y: clamp(y, mostY) };
}

/** Where a pointer is, from the centre of the stage. */
function placeOn(stage, { clientX, clientY }) {
  const { left, top, width, height } = stage.getBoundingClientRect();
  return [clientX - left - width / 2, clientY - top - height / 2];
}

const middleOf = ([[ax, ay], [bx, by]]) => [(ax + bx) / 2, (ay + by) / 2];
const distanceOf = ([[ax, ay], [bx, by]]) => Math.hypot(ax - bx, ay - by) || 1;

/**
 * Refs for the `stage` and the `picture` on it, the `view`, `zoom(steps)`, `reset()`, and `pointers`, the listeners for
 * the stage. The view is whole again when `of` changes.
 */
export function useZoom(of) {
  const stage = useRef(null);
  const picture = useRef(null);
  const [view, setView] = useState(WHOLE);
  const held = useRef(new Map());
  useLayoutEffect(() => setView(WHOLE), [of]);

  const change = (next) =>
    setView((now) => (picture.current ? bounded(next(now), stage.current, picture.current) : now));
  const zoomAt = (factor, [px, py]) =>
    change(({ scale, x, y }) => {
      const grown = Math.min(MOST, Math.max(1, scale * factor)) / scale;
      return { scale: scale * grown, x: px - (px - x) * grown, y: py - (py - y) * grown };
    });
  const zoom = (steps) => zoomAt(STEP ** steps, [0, 0]);
  const reset = () => setView(WHOLE);

  useLayoutEffect(() => {
    const onWheel = (event) => {
      event.preventDefault(); // Preact's listener would be passive, and the page would zoom.
      zoomAt(Math.exp(-event.deltaY * WHEEL), placeOn(stage.current, event));
    };
    stage.current.addEventListener("wheel", onWheel, { passive: false });
    return () => stage.current?.removeEventListener("wheel", onWheel);
  }, []);

  const onPointerDown = (event) => {
    if (event.target.closest("button")) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current.set(event.pointerId, placeOn(stage.current, event));
  };
  const onPointerMove = (event) => {
    if (!held.current.has(event.pointerId)) return;
    const before = [...held.current.values()];
    held.current.set(event.pointerId, placeOn(stage.current, event));
    const after = [...held.current.values()];
    if (after.length === 1) {
      change((now) => ({ ...now, x: now.x + after[0][0] - before[0][0], y: now.y + after[0][1] - before[0][1] }));
    } else {
      const [from, to] = [middleOf(before), middleOf(after)];
      zoomAt(distanceOf(after) / distanceOf(before), to);
      change((now) => ({ ...now, x: now.x + to[0] - from[0], y: now.y + to[1] - from[1] }));
    }
  };
  const onPointerUp = (event) => held.current.delete(event.pointerId);
  const onDblClick = (event) => (view.scale > 1 ? reset() : zoomAt(STEP ** 2, placeOn(stage.current, event)));
  const pointers = { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onDblClick };
  return { stage, picture, view, zoom, reset, pointers };
}
