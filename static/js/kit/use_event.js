// A hook for what the server tells while a component is shown.
import { useEffect, useRef } from "./ui.js";
import { listen } from "./socket.js";

/** Calls the listener for each event of that name, as the component rendered it last. */
export function useEvent(event, listener) {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => listen(event, (payload) => latest.current(payload)), [event]);
}
