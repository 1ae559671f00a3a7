// Icons of conversations (lucide-static 1.62.0, ISC licence, see vendor/README.md).
import { html } from "../../vendor/htm-preact.js";
import { icon } from "../kit/icons.js";

export const CheckCheckIcon = icon(() => html`<path d="M18 6 7 17l-5-5" /><path d="m22 10-7.5 7.5L13 16" />`);
export const EyeIcon = icon(() => html`<path d="M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0" /><circle cx="12" cy="12" r="3" />`);
export const SquarePenIcon = icon(() => html`<path d="M12 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2v-7" /><path d="M18.375 2.625a1 1 0 0 1 3 3l-9.013 9.014a2 2 0 0 1-.853.505l-2.873.84a.5.5 0 0 1-.62-.62l.84-2.873a2 2 0 0 1 .506-.852z" />`);
