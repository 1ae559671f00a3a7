// Choosing an avatar: a picture from the device, cropped to a square and uploaded.
import { html, render } from "./ui.js";
import { open } from "./page_loader.js";
import { toast } from "./toast.js";
import { pickPicture } from "./upload.js";

const DIALOG = {
  name: "crop dialog",
  title: "The picture",
  load: () => import("./crop_dialog.js"),
  style: "kit/crop_dialog.css",
};
const UNREADABLE = "This browser can’t open that picture. Use a PNG, JPEG, WebP, GIF or AVIF picture.";

/**
 * Lets the member choose a picture, crop it and upload it; call it on a click or key. `file` is one that was pasted or
 * dropped. Resolves with `{mediaId, url}`, or with null when there is none in the end.
 */
export async function chooseAvatar(file = null) {
  const chosen = file ?? (await pickPicture());
  if (!chosen) return null;
  const [picture, CropDialog] = await Promise.all([decode(chosen), open(DIALOG)]);
  if (!picture) toast(UNREADABLE, { bad: true });
  if (!picture || !CropDialog) return null;
  const result = await show(CropDialog, picture);
  picture.close();
  return result;
}

/** The picture the right way up, or null for what the browser cannot read. */
async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch (error) {
    console.debug("picture not decoded", error.message);
    return null;
  }
}

/** Shows the dialog in a place of its own; resolves when it has closed. */
function show(CropDialog, picture) {
  const place = document.body.appendChild(document.createElement("div"));
  return new Promise((resolve) => {
    const done = (result) => {
      render(null, place);
      place.remove();
      resolve(result);
    };
    render(html`<${CropDialog} picture=${picture} done=${done} />`, place);
  });
}
