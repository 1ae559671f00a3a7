// The pictures of the outbox: the files of messages that are not sent yet, kept by this page, and their uploads.
import { createStore } from "../kit/store.js";

/** By `cid` of the message: `{id, file, url, progress}`; `progress` is the part that has been sent, null before. */
export const outboxPictures = createStore({});
const uploads = new Map();

/** The picture of a message, if this page has its file. */
export const pictureOf = (cid) => outboxPictures.get()[cid];

/** Keeps the picture of a message until it is sent. */
export const keepPicture = (cid, picture) => outboxPictures.set({ [cid]: { ...picture, progress: null } });

/** Forgets the picture of a message that was sent or discarded; an upload of it ends. Answers the picture. */
export function releasePicture(cid) {
  const picture = pictureOf(cid);
  uploads.get(cid)?.abort();
  uploads.delete(cid);
  if (picture) outboxPictures.set({ [cid]: undefined });
  return picture;
}

/** Forgets the picture for good. */
export function forgetPicture(cid) {
  const picture = releasePicture(cid);
  if (picture) URL.revokeObjectURL(picture.url);
}

/** Sends the picture; resolves with its id on the server, and rejects as `upload` does. */
export async function sendPicture(cid) {
  const controller = new AbortController();
  uploads.set(cid, controller);
  const onProgress = (progress) => pictureOf(cid) && outboxPictures.set({ [cid]: { ...pictureOf(cid), progress } });
  onProgress(0);
  try {
    const { upload } = await import("../kit/upload.js"); // Loaded by then: the composer has it, where the file was chosen.
    const { mediaId } = await upload(pictureOf(cid).file, { kind: "message", onProgress, signal: controller.signal });
    return mediaId;
  } finally {
    onProgress(null);
    uploads.delete(cid);
  }
}
