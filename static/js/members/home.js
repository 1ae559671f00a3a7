// The home page's date field: shows a newcomer their own three rooms.
import { follow } from "./rooms_preview.js";

follow(document.querySelector("#try"), document.querySelector(".rooms-preview"));
