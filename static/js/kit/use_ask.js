// A page's data: asked for when there is a connection, and again after each new one.
import { useEffect, useState } from "./ui.js";
import { useStore } from "./store.js";
import { ask, connection } from "./socket.js";

/** `[data, error, again, setData]` of an event; the data stays while it is asked for again. */
export function useAsked(event, payload) {
  const online = useStore(connection, (state) => state.state === "online");
  const [data, setData] = useState(null);
  const [error, setError] = useState(null);
  const again = async () => {
    try {
      setData(await ask(event, payload));
      setError(null);
    } catch (wrong) {
      setError(wrong.code === "OFFLINE" ? null : wrong);
    }
  };
  useEffect(() => {
    if (online) again();
  }, [online]);
  return [data, error, again, setData];
}
