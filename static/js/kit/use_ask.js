// A hook for a page's data: requested when there is a connection, and again after each reconnection.
import { useEffect, useState } from "./ui.js";
import { useStore } from "./store.js";
import { ask, isOnline, connection } from "./socket.js";

/** `{data, error, reload}` of an event; the data stays while it is requested again. */
export function useAsk(event, payload) {
  const online = useStore(connection, isOnline);
  const [data, setData] = useState(null);
  const [error, setError] = useState(null);
  const reload = async () => {
    try {
      setData(await ask(event, payload));
      setError(null);
    } catch (failure) {
      setError(failure.code === "OFFLINE" ? null : failure);
    }
  };
  useEffect(() => {
    if (online) reload();
  }, [online]);
  return { data, error, reload };
}
