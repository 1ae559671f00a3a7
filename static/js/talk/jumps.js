// Jumping to a message wherever it is: `jumpTo` opens its stream there, and the timeline shows it once.
import { createStore, useStore } from "../kit/store.js";
import { useEffect } from "../kit/ui.js";
import { toastError } from "../kit/toast.js";
import { addressOf } from "../kit/router.js";
import { labelOf } from "../kit/stream_names.js";
import { showAround } from "./past_messages.js";

/** `{stream, seq}` of the message that is to be shown; null for both when there is none. */
const target = createStore({ stream: null, seq: null });

/** The address of the page of a stream. */
export const addressOfStream = (stream) =>
  labelOf(stream) ? addressOf("room", labelOf(stream)) : addressOf("messages", stream);

/** Opens the page of a stream at the message with a seq. */
export function jumpTo(stream, seq) {
  target.set({ stream, seq });
  location.hash = addressOfStream(stream);
}

/** Of what is shown, the message with a seq, or the next one when that is hidden; none when it is not loaded. */
function messageAt(seq, { messages, oldest, newest = Infinity }) {
  return seq !== null && seq >= oldest && seq <= newest ? messages.find((message) => message.seq >= seq) : undefined;
}

/** Shows the message that was jumped to, once the stream is `ready`; `show(id)` scrolls to one of those `shown`. */
export function useJumps(stream, { ready, shown, show }) {
  const seq = useStore(target, (state) => (state.stream === stream ? state.seq : null));
  const found = messageAt(seq, shown);
  useEffect(() => {
    if (!ready || seq === null || found) return;
    showAround(stream, seq).catch((error) => {
      target.set({ stream: null, seq: null });
      toastError(error);
    });
  }, [ready, seq]);
  useEffect(() => {
    if (!ready || !found) return;
    target.set({ stream: null, seq: null });
    show(found.id);
  }, [ready, found]);
}
