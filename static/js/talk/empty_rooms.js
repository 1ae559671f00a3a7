// What the room list shows while nobody has said anything in any room: one invitation for all of them.
import { html, useEffect, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask } from "../kit/socket.js";
import { session, takeRooms } from "../kit/session.js";
import { roomStream } from "../kit/stream_names.js";
import { toastError } from "../kit/toast.js";
import { streamOf } from "./message_store.js";
import { newestIn } from "./room_order.js";

const isQuiet = ({ label }) => !newestIn(streamOf(roomStream(label)).get());

/** Whether no room has a message that can still be read. */
function useQuiet(rooms) {
  const [quiet, setQuiet] = useState(() => rooms.every(isQuiet));
  useEffect(() => {
    const update = () => setQuiet(rooms.every(isQuiet));
    update();
    const ends = rooms.map(({ label }) => streamOf(roomStream(label)).subscribe(update));
    return () => ends.forEach((end) => end());
  }, [rooms]);
  return quiet;
}

/** Only on development servers: members to try the product with. */
function SampleOffer() {
  const [busy, setBusy] = useState(false);
  const fill = async () => {
    setBusy(true);
    try {
      const { rooms } = await ask("demo:people");
      takeRooms({ rooms });
      session.set(({ limits: { offerSamples, ...limits } }) => ({ limits }));
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  };
  return html`<div class="sample-offer">
    <button type="button" class="button plain" aria-disabled=${busy} onClick=${() => busy || fill()}>
      ${busy ? "Filling your rooms …" : "Fill your rooms with sample members"}</button>
    <p class="soft small">Only offered on development servers. Some of them answer.</p>
  </div>`;
}

/**
 * One empty state for all rooms, above them. Its place stays empty when somebody says something, so that no room moves
 * away from under a finger.
 */
export function EmptyRooms({ rooms }) {
  const quiet = useQuiet(rooms);
  const [wasQuiet] = useState(quiet);
  const offer = useStore(session, ({ limits }) => limits.offerSamples === true);
  if (!wasQuiet) return null;
  return html`<section class=${quiet ? "quiet" : "quiet over"} aria-labelledby="quiet">
    <p><b id="quiet">It’s quiet so far.</b> <span class="soft">Say hello in a room, or bring someone along.</span></p>
    <a class="button" href="#/invitations">Invite someone</a>
    ${offer && html`<${SampleOffer} />`}
  </section>`;
}
