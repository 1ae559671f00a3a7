// A value that components follow: `get`, `set` with a patch, `listen`, and the hook `useStore`.
import { useLayoutEffect, useRef, useState } from "./ui.js";

/** A store of one object. Listeners are called after each change, with no argument. */
export function createStore(state) {
  const listeners = new Set();
  return {
    get: () => state,
    set(patch) {
      state = { ...state, ...(typeof patch === "function" ? patch(state) : patch) };
      for (const listener of [...listeners]) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The part of a store that `select` picks; the component is drawn again when that part is another one. */
export function useStore(store, select = (state) => state) {
  const [, redraw] = useState(0);
  const chosen = select(store.get());
  const latest = useRef(null);
  latest.current = { select, chosen };
  useLayoutEffect(() => {
    const check = () => {
      const { select: pick, chosen: shown } = latest.current;
      if (!Object.is(pick(store.get()), shown)) redraw((number) => number + 1);
    };
    check(); // Something may have changed between drawing and now.
    return store.listen(check);
  }, [store]);
  return chosen;
}
