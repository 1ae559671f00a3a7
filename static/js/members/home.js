// The home page: the date field shows a visitor their own three rooms.
import { bindPreview } from "./rooms_preview.js";

const [input, preview, note] = ["#try", ".rooms-preview", "#try-note"].map((name) => document.querySelector(name));
bindPreview(input, preview, note);
