// The pictures above the text field that are going to be sent, each of which can be removed; and the button that adds more.
import { count, html, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { pickPictures, pictureTarget } from "../kit/upload.js";
import { XIcon } from "../kit/icons.js";
import { choosePictures, chosen, chosenIn, dropPicture } from "./chosen_pictures.js";
import { ImageIcon } from "./picture_icons.js";

/** The chosen pictures; `moveFocus()` is called when one has been removed. */
export function PictureTray({ stream, moveFocus }) {
  const pictures = useStore(chosen, chosenIn(stream));
  const remove = (picture) => {
    dropPicture(stream, picture);
    moveFocus();
  };
  return html`<span class="visually-hidden" role="status">${
      pictures.length > 0 && `${count(pictures.length, "picture")} to send`
    }</span>
    ${
      pictures.length > 0 &&
      html`<ul class="picture-tray" aria-label="Pictures to send" data-testid="picture-tray">${pictures.map(
        (picture, index) => html`<li key=${picture.id}><img src=${picture.url} alt=${`Picture ${index + 1}`} />
        <button type="button" class="picture-remove" aria-label=${`Remove picture ${index + 1}`} title="Remove"
          onClick=${() => remove(picture)}><${XIcon} size=${16} /></button></li>`,
      )}</ul>`
    }`;
}

/** The button that lets the member choose pictures; `moveFocus()` is called once they have. */
export function PictureButton({ stream, moveFocus }) {
  const choose = async () => {
    const files = await pickPictures();
    if (!files.length) return;
    choosePictures(stream, files);
    moveFocus();
  };
  return html`<button type="button" class="icon-button" aria-label="Add a picture" title="Add a picture"
    onClick=${choose}><${ImageIcon} /></button>`;
}

/** `[held, listeners]` for an element that takes the pictures of a stream; `held` while some are held over it. */
export function usePictureTarget(stream, moveFocus) {
  const [held, hold] = useState(false);
  const take = (files) => {
    choosePictures(stream, files);
    moveFocus();
  };
  return [held, pictureTarget(take, hold)];
}
