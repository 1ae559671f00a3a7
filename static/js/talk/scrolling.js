// Scrolling in a room: stays at the newest words while one is there, and holds still otherwise.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "../kit/ui.js";

const NEAR = 48;
const OLDER_FROM = 500;

/** The row at the top edge and how far it is from there, to be found again after rows came or went above it. */
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

/**
 * `box` and `inner` are refs for the scroller and its content; `atEnd` follows the reader (null until it is known);
 * `toEnd()` jumps down. While `still`, nothing moves by itself, wherever the reader is.
 */
export function useScrolling({ ready, older, still }) {
  const box = useRef(null);
  const inner = useRef(null);
  const stuck = useRef(true);
  const anchor = useRef(null);
  const begun = useRef(false);
  const frozen = useRef(false);
  frozen.current = still;
  const [atEnd, setAtEnd] = useState(null);

  const hold = useCallback(() => {
    const at = box.current;
    if (!at) return;
    if (stuck.current && !frozen.current) at.scrollTop = at.scrollHeight;
    else if (anchor.current?.row.isConnected) {
      const edge = at.getBoundingClientRect().top;
      at.scrollTop += anchor.current.row.getBoundingClientRect().top - edge - anchor.current.top;
    }
  }, []);

  const look = useCallback(() => {
    const at = box.current;
    if (!at) return; // The last scrolling of a page that is gone.
    stuck.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR;
    anchor.current = anchorOf(at);
    setAtEnd(stuck.current);
  }, []);

  const scrolled = () => {
    look();
    if (box.current?.scrollTop < OLDER_FROM) older();
  };

  const toEnd = useCallback(() => {
    stuck.current = true;
    hold();
    setAtEnd(true);
  }, []);

  useLayoutEffect(() => {
    if (ready && !begun.current) {
      begun.current = true;
      begin(box.current);
      look();
    }
    hold();
  });

  useEffect(() => {
    const watch = new ResizeObserver(hold);
    watch.observe(box.current);
    watch.observe(inner.current);
    return () => watch.disconnect();
  }, []);

  return { box, inner, atEnd, toEnd, scrolled };
}

/** Opens at the line of the unread, or at the end. */
function begin(box) {
  const line = box.querySelector("[data-unread-line]");
  box.scrollTop = box.scrollHeight;
  if (line) box.scrollTop = Math.min(box.scrollTop, line.offsetTop - 72);
}
