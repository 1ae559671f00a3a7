// Scrolling of a timeline: follows the newest message while the reader is at the end, and keeps its place otherwise.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "../kit/ui.js";

const END_TOLERANCE = 48;
const LOAD_WITHIN = 500;
const UNREAD_LINE_OFFSET = 72;

/** The row at the top edge and its distance from it, to restore the position after rows above it have changed. */
function anchorOf(box) {
  const edge = box.getBoundingClientRect().top;
  const rows = box.querySelectorAll("[data-seq]");
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  return rows[low] ? { row: rows[low], top: rows[low].getBoundingClientRect().top - edge } : null;
}

/** How much of the content is below what can be seen. */
const below = ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight;

/**
 * `box` and `inner` are refs for the scroller and its content; `atEnd` is whether the reader is at the end (null until
 * it is known); `toEnd()` jumps there; `pin(element)` keeps an element in its place while a message changes its height.
 * While `frozen`, new messages do not scroll the timeline; while `detached`, what is shown does not end with the newest.
 */
export function useScrolling({ ready, loadOlder, loadNewer, frozen, detached }) {
  const box = useRef(null);
  const inner = useRef(null);
  const followsEnd = useRef(true);
  const anchor = useRef(null);
  const positioned = useRef(false);
  const isFrozen = useRef(false);
  isFrozen.current = frozen;
  const isDetached = useRef(false);
  isDetached.current = detached;
  const [atEnd, setAtEnd] = useState(null);

  const keepPosition = useCallback(() => {
    const scroller = box.current;
    if (!scroller) return;
    if (followsEnd.current && !isFrozen.current && !isDetached.current) scroller.scrollTop = scroller.scrollHeight;
    else if (anchor.current?.row.isConnected) {
      const edge = scroller.getBoundingClientRect().top;
      scroller.scrollTop += anchor.current.row.getBoundingClientRect().top - edge - anchor.current.top;
    }
  }, []);

  const readPosition = useCallback(() => {
    const scroller = box.current;
    if (!scroller) return; // A late scroll event of a page that is gone.
    followsEnd.current = !isDetached.current && below(scroller) < END_TOLERANCE;
    anchor.current = anchorOf(scroller);
    setAtEnd(followsEnd.current);
  }, []);

  const onScroll = () => {
    readPosition();
    if (box.current?.scrollTop < LOAD_WITHIN) loadOlder();
    if (box.current && below(box.current) < LOAD_WITHIN) loadNewer();
  };

  const toEnd = useCallback(() => {
    followsEnd.current = true;
    keepPosition();
    setAtEnd(true);
  }, []);

  const pin = useCallback((element) => {
    followsEnd.current = false;
    const edge = box.current.getBoundingClientRect().top;
    anchor.current = { row: element, top: element.getBoundingClientRect().top - edge };
    requestAnimationFrame(() => requestAnimationFrame(readPosition));
  }, []);

  useLayoutEffect(() => {
    if (ready && !positioned.current) {
      positioned.current = true;
      scrollToStart(box.current);
      readPosition();
    }
    keepPosition();
  });

  useEffect(() => {
    const observer = new ResizeObserver(keepPosition);
    observer.observe(box.current);
    observer.observe(inner.current);
    return () => observer.disconnect();
  }, []);

  return { box, inner, atEnd, toEnd, pin, onScroll };
}

/** Starts at the unread line, or at the end. */
function scrollToStart(box) {
  const line = box.querySelector("[data-unread-line]");
  box.scrollTop = box.scrollHeight;
  if (line) box.scrollTop = Math.min(box.scrollTop, line.offsetTop - UNREAD_LINE_OFFSET);
}
