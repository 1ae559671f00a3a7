// The text fields of the profile editor: each with its limit, and with what is wrong with it.
import { amount, html, overLimit } from "../kit/ui.js";
import { CircleAlertIcon } from "../kit/icons.js";
import { lengthOf } from "../kit/text.js";

/** The text fields in their order; `most` counts code points, `who` says who sees it. */
export const FIELDS = [
  { name: "firstName", label: "First name", most: 30, autocomplete: "given-name" },
  { name: "lastName", label: "Last name", most: 30, autocomplete: "family-name", who: "Only your friends see it." },
  {
    name: "status",
    label: "Status",
    most: 80,
    who: "Shown below your name to friends and in your rooms.",
    placeholder: "What are you up to?",
  },
  { name: "about", label: "About you", most: 1050, rows: 6 },
  { name: "city", label: "City", most: 60, autocomplete: "address-level2" },
  { name: "gender", label: "Gender", most: 20, autocomplete: "sex", options: ["woman", "man", "non-binary"] },
];

/** How much of a text is too much; empty when it fits. */
export const tooLong = (text, most) => overLimit(lengthOf(text.trim()), most);

/** What is wrong with a field, beside it. */
export const Wrong = ({ id, text }) =>
  text && html`<p class="wrong" id=${id} role="alert"><${CircleAlertIcon} size=${16} />${text}</p>`;

/** The ids of what describes a field. */
export const described = (name, { who, wrong }) =>
  [who && `${name}-who`, `${name}-length`, wrong && `${name}-wrong`].filter(Boolean).join(" ");

/** A field; `change(text)` is called as one types. */
export function TextField({ field, text, wrong, change }) {
  const { name, label, most, rows, who, options, placeholder, autocomplete } = field;
  const problem = wrong ?? tooLong(text, most);
  const attributes = {
    class: "input",
    id: name,
    name,
    placeholder,
    value: text,
    onInput: (event) => change(event.target.value),
    "aria-invalid": problem ? "true" : null,
    "aria-describedby": described(name, { who, wrong: problem }),
  };
  return html`<div class="field">
    <div class="field-head"><label for=${name}>${label}</label>
      <span class="soft small" id=${`${name}-length`}>${lengthOf(text.trim())}<span aria-hidden="true"> / </span><span
        class="visually-hidden"> of </span>${amount(most)}<span class="visually-hidden"> characters</span></span></div>
    ${
      rows
        ? html`<textarea ...${attributes} rows=${rows} />`
        : html`<input ...${attributes} type="text" autocomplete=${autocomplete ?? "off"} list=${options ? `${name}-list` : null} />`
    }
    ${options && html`<datalist id=${`${name}-list`}>${options.map((option) => html`<option key=${option} value=${option} />`)}</datalist>`}
    ${who && html`<p class="hint" id=${`${name}-who`}>${who}</p>`}
    <${Wrong} id=${`${name}-wrong`} text=${problem} />
  </div>`;
}
