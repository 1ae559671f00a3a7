// How many messages are waiting in the outbox, for the connection status.
import { count } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { outbox } from "./outbox.js";

/** The sentence, of the messages of all streams; nothing without any. */
export function OutboxCount() {
  const waiting = useStore(outbox, (state) => state.items.filter((item) => item.state !== "refused").length);
  return waiting > 0 && ` ${count(waiting, "message")} will be sent when you reconnect.`;
}
