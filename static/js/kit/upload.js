// Uploading pictures: choosing one, taking one from the clipboard or a drop, and sending it with its progress.
import { RequestError } from "./socket.js";

const ADDRESS = "/uploads";
const TIME_LIMIT = 120_000;

/** The formats that the server reads, for a file picker. */
export const FORMATS = "image/png,image/jpeg,image/webp,image/gif,image/avif";

const OFFLINE = { code: "OFFLINE", message: "The picture wasn’t sent. Try again when you’re back online." };
const SLOW = { code: "TIMEOUT", message: "The picture took too long to send. Try again, or use a smaller one." };
const FAILED = { code: "INTERNAL", message: "The picture wasn’t sent. Try again in a moment." };
const REFUSED = { code: "TOO_LARGE", message: "This picture is too large." };

/**
 * Sends a picture and resolves with `{mediaId, url, width, height}`. `kind` is avatar, message or ad; `onProgress` gets
 * the part that has been sent, from 0 to 1; `signal` cancels it. Rejects with a RequestError, or the signal's reason.
 */
export function upload(file, { kind, onProgress = () => {}, signal = null }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const cancel = () => request.abort();
    const fail = (error) => () => reject(new RequestError(error));
    request.open("POST", ADDRESS);
    request.responseType = "json";
    request.timeout = TIME_LIMIT;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", document.querySelector('meta[name="csrf"]')?.content ?? "");
    request.upload.onprogress = ({ loaded, total }) => total && onProgress(loaded / total);
    request.onload = () => (request.status === 201 ? resolve(request.response) : reject(refusal(request)));
    request.onerror = fail(OFFLINE);
    request.ontimeout = fail(SLOW);
    request.onabort = () => reject(signal?.reason ?? new DOMException("cancelled", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", cancel);
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    signal?.addEventListener("abort", cancel);
    request.send(form(file, kind));
  });
}

/** The kind comes first, so that the server knows from the first byte how much it takes. */
function form(file, kind) {
  const sent = new FormData();
  sent.append("kind", kind);
  sent.append("file", file, "picture");
  return sent;
}

/** What the server refused it with; a proxy in between may answer with a page. */
function refusal({ response, status }) {
  return new RequestError(response?.error ?? (status === 413 ? REFUSED : FAILED));
}

/** Lets the member choose a picture on their device; resolves with the file, or null. Call it on a click or key. */
export const pickPicture = () => pickFiles(false).then(([file]) => file ?? null);

/** The same for any number of them. */
export const pickPictures = () => pickFiles(true);

function pickFiles(multiple) {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", accept: FORMATS, hidden: true, multiple });
    const done = () => {
      input.remove();
      resolve([...input.files]);
    };
    input.addEventListener("change", done);
    input.addEventListener("cancel", done);
    document.body.append(input); // some browsers forget an input that is not in the document
    input.click();
  });
}

/** The pictures in what was pasted or dropped, by what the browser says of each file. */
function picturesIn(transfer) {
  return [...(transfer?.files ?? [])].filter(({ type }) => FORMATS.split(",").includes(type));
}

/** Whether something that is dragged over a page may have pictures in it; their formats are known once it is dropped. */
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

/**
 * Listeners for an element that takes pictures: pasted ones, and those dropped on it. `take` gets the files; `hover` is
 * told whether something is held over the element.
 */
export function pictureTarget(take, hover = () => {}) {
  let depth = 0;
  const enter = (change) => (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth + change);
    hover(depth > 0);
  };
  const takeFrom = (event, transfer) => {
    const pictures = picturesIn(transfer);
    if (pictures.length === 0) return;
    event.preventDefault();
    take(pictures);
  };
  return {
    onPaste: (event) => takeFrom(event, event.clipboardData),
    onDragEnter: enter(1),
    onDragLeave: enter(-1),
    onDragOver: (event) => hasFiles(event) && event.preventDefault(),
    onDrop: (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault(); // the browser would leave the page and show the file
      depth = 0;
      hover(false);
      takeFrom(event, event.dataTransfer);
    },
  };
}
