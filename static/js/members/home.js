// The home page: the date field shows a visitor their own three rooms.
import { bindPreview } from "./rooms_preview.js";

bindPreview(document.querySelector("#try"), document.querySelector(".rooms-preview"), document.querySelector("#try-note"));
