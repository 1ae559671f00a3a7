// The home page's date field: shows a newcomer their own three rooms.
import { follow } from "./rooms-preview.js";

const field = document.querySelector("#try");
field.closest(".field").hidden = false;
follow(field, document.querySelector(".rooms-preview"));
