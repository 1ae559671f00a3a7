// Icons of pictures (lucide-static 1.62.0, ISC licence, see vendor/README.md).
import { html } from "../../vendor/htm-preact.js";
import { icon } from "../kit/icons.js";

export const ChevronLeftIcon = icon(() => html`<path d="m15 18-6-6 6-6" />`);
export const ExternalLinkIcon = icon(() => html`<path d="M15 3h6v6" /><path d="M10 14 21 3" /><path d="M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6" />`);
export const ImageIcon = icon(() => html`<rect width="18" height="18" x="3" y="3" rx="2" ry="2" /><circle cx="9" cy="9" r="2" /><path d="m21 15-3.086-3.086a2 2 0 0 0-2.828 0L6 21" />`);
export const ZoomInIcon = icon(() => html`<circle cx="11" cy="11" r="8" /><line x1="21" x2="16.65" y1="21" y2="16.65" /><line x1="11" x2="11" y1="8" y2="14" /><line x1="8" x2="14" y1="11" y2="11" />`);
export const ZoomOutIcon = icon(() => html`<circle cx="11" cy="11" r="8" /><line x1="21" x2="16.65" y1="21" y2="16.65" /><line x1="8" x2="14" y1="11" y2="11" />`);
