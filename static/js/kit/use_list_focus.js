// Keeps the focus in a list whose rows go: on the row that follows, or on the page's title.
import { useLayoutEffect, useRef } from "./ui.js";

const CONTROLS = "a:not([tabindex='-1']), button";

/** A ref for the list of these items. */
export function useListFocus(items) {
  const list = useRef(null);
  const at = useRef(-1);
  // Before the list is painted: somebody quick may be in it right after.
  useLayoutEffect(() => {
    const note = ({ target }) => {
      at.current = [...(list.current?.children ?? [])].findIndex((row) => row.contains(target));
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);
  useLayoutEffect(() => {
    if (at.current < 0 || document.activeElement !== document.body) return;
    const rows = list.current?.children ?? [];
    const row = rows[Math.min(at.current, rows.length - 1)];
    const next = row?.querySelector(CONTROLS) ?? document.querySelector("[data-page-title]");
    next?.focus({ preventScroll: true });
  }, [items]);
  return list;
}
