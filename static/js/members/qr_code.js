// The QR code of an invitation, large enough for somebody across the table; loaded when it is opened.
import { html } from "../kit/ui.js";
import { encode } from "../../vendor/uqr.js";

const QUIET_ZONE = 4; // Modules of white around the code, without which many cameras do not find it.

/** The code of a text as a picture, black on white in every theme. */
export default function QrCode({ text, label }) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET_ZONE });
  const dark = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : "")));
  return html`<svg class="qr-code" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${label}
    shape-rendering="crispEdges"><title>${label}</title>
    <rect width=${size} height=${size} fill="#fff" /><path d=${dark.join("")} fill="#000" /></svg>`;
}
