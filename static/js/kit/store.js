// A small observable store, and the hook with which components subscribe to it.
import { useLayoutEffect, useRef, useState } from "./ui.js";

/** A store of one object. `set` merges a patch; subscribers are called after each change, without arguments. */
export function createStore(state) {
  const subscribers = new Set();
  return {
    get: () => state,
    set(patch) {
      state = { ...state, ...(typeof patch === "function" ? patch(state) : patch) };
      for (const subscriber of [...subscribers]) subscriber();
    },
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
  };
}

/** The part of a store that `select` returns; the component renders again when that part changes. */
export function useStore(store, select = (state) => state) {
  const [, rerender] = useState(0);
  const selected = select(store.get());
  const latest = useRef(null);
  latest.current = { select, selected };
  useLayoutEffect(() => {
    const check = () => {
      const { select: pick, selected: shown } = latest.current;
      if (!Object.is(pick(store.get()), shown)) rerender((count) => count + 1);
    };
    check(); // The store may have changed between rendering and this effect.
    return store.subscribe(check);
  }, [store]);
  return selected;
}
