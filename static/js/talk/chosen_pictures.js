// The pictures that are chosen in the composer of a stream and not sent yet.
import { createStore } from "../kit/store.js";
import { toast } from "../kit/toast.js";

/** Pictures that are chosen for one stream at most; each becomes a message. */
const MOST = 10;
const MOST_BYTES = 10 * 1024 * 1024;

/** By stream: `{id, file, url}` in order; `url` shows the file on this page. */
export const chosen = createStore({});

const NONE = [];
let lastId = 0;

/** Selects those of a stream. */
export const chosenIn = (stream) => (state) => state[stream] ?? NONE;

/** Adds files to those of a stream. */
export function choosePictures(stream, files) {
  const fitting = files.filter(({ size }) => size <= MOST_BYTES);
  if (fitting.length < files.length) toast("A picture can have up to 10 MB.", { bad: true });
  const before = chosenIn(stream)(chosen.get());
  const added = fitting.slice(0, MOST - before.length);
  if (added.length < fitting.length) toast(`You can send up to ${MOST} pictures at once.`, { bad: true });
  const pictures = added.map((file) => ({ id: (lastId += 1), file, url: URL.createObjectURL(file) }));
  chosen.set({ [stream]: [...before, ...pictures] });
}

/** Puts a picture that was not sent before those of a stream. */
export const returnPicture = (stream, picture) => chosen.set((state) => ({ [stream]: [picture, ...chosenIn(stream)(state)] }));

/** Removes one of them. */
export function dropPicture(stream, picture) {
  URL.revokeObjectURL(picture.url);
  chosen.set((state) => ({ [stream]: chosenIn(stream)(state).filter(({ id }) => id !== picture.id) }));
}

/** Takes all of a stream, to send them. */
export function takePictures(stream) {
  const pictures = chosenIn(stream)(chosen.get());
  if (pictures.length) chosen.set({ [stream]: [] });
  return pictures;
}
