// The sheet in which the filters of Discover are chosen, and the chip that shows them.
import { html, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { SlidersHorizontalIcon, XIcon } from "../kit/icons.js";
import { OLDEST, YOUNGEST, choose, chosen, faultOf, filtersOf, inWords } from "./deck_filters.js";

const GENDERS = ["Woman", "Man", "Non-binary"];

function Fault({ fault, field }) {
  return fault?.field === field && html`<p class="wrong" id="filter-fault">${fault.text}</p>`;
}

const marked = (fault, field) =>
  fault?.field === field ? { "aria-invalid": true, "aria-describedby": "filter-fault" } : {};

const valueOf = (value) => (Array.isArray(value) ? value.join(", ") : (value ?? ""));

function Text({ name, label, hint, filters, fault, ...rest }) {
  return html`<div class="field"><label for=${`filter-${name}`}>${label}</label>
    <input class="input" id=${`filter-${name}`} name=${name} defaultValue=${valueOf(filters[name])} autocomplete="off"
      ...${marked(fault, name)} ...${rest} />
    ${hint && html`<p class="hint">${hint}</p>`}<${Fault} fault=${fault} field=${name} /></div>`;
}

const Age = (properties) =>
  html`<${Text} ...${properties} type="text" inputmode="numeric" placeholder=${`${YOUNGEST}–${OLDEST}`} />`;

const Checkbox = ({ name, label, hint, filters }) =>
  html`<label class="deck-checkbox"><span><b>${label}</b><span class="soft small">${hint}</span></span>
    <input type="checkbox" name=${name} defaultChecked=${Boolean(filters[name])} /></label>`;

function valuesOf(form) {
  const { ageMin, ageMax, gender, city, skills, sameDay, online } = form.elements;
  const texts = { ageMin, ageMax, gender, city, skills };
  const values = Object.fromEntries(Object.entries(texts).map(([name, field]) => [name, field.value]));
  return { ...values, sameDay: sameDay.checked, online: online.checked };
}

/** The sheet; `close()` is called when it has closed. */
export function FilterSheet({ close }) {
  const { filters } = chosen.get();
  const [fault, setFault] = useState(null);
  const dialog = useRef(null);
  const submit = (event) => {
    event.preventDefault();
    const wanted = filtersOf(valuesOf(event.currentTarget));
    const found = faultOf(wanted);
    setFault(found);
    if (found) return event.currentTarget.elements[found.field].focus();
    dialog.current.close();
    return choose(wanted);
  };
  const clear = () => {
    dialog.current.close();
    choose({});
  };
  const own = { filters, fault };
  return html`<${Dialog} class="popup deck-sheet" data-testid="filters" box=${dialog} aria-labelledby="filters-title"
    onClose=${close}>
    <form class="deck-form" noValidate onSubmit=${submit}>
      <header class="panel-head"><h2 class="display" id="filters-title">Who to show</h2><${CloseButton} /></header>
      <div class="deck-ages"><${Age} ...${own} name="ageMin" label="From age" /><${Age} ...${own} name="ageMax"
        label="To age" /></div>
      <${Text} ...${own} name="gender" label="Gender" list="filter-genders" />
      <datalist id="filter-genders">${GENDERS.map((one) => html`<option key=${one} value=${one} />`)}</datalist>
      <${Text} ...${own} name="city" label="City" />
      <${Text} ...${own} name="skills" label="Skills" hint="Put commas between them: piano, chess" />
      <${Checkbox} ...${own} name="sameDay" label="Born on your day" hint="Your birthday, whatever the year" />
      <${Checkbox} ...${own} name="online" label="Online now" hint="People you can meet right away" />
      <div class="deck-actions"><button type="submit" class="button">Show people</button>
        <button type="button" class="button plain" onClick=${clear}>Clear all</button></div>
    </form>
  <//>`;
}

/** The button that opens the sheet. */
export function FilterButton({ open }) {
  const { filters } = useStore(chosen);
  const on = Object.keys(filters).length;
  return html`<button type="button" class="button plain slim" aria-haspopup="dialog" onClick=${open}>
    <${SlidersHorizontalIcon} size=${18} /><span class="deck-filters">Filters</span>${on > 0 && html`<span class="visually-hidden">, ${on} on</span>`}</button>`;
}

/** Says that filters are on; a click on it clears them. */
export function FilterChip() {
  const { filters } = useStore(chosen);
  const words = inWords(filters);
  if (!words) return null;
  return html`<p class="deck-chip"><button type="button" aria-label=${`Clear the filters: ${words}`}
    onClick=${() => choose({})}><span>${words}</span><${XIcon} size=${16} /></button></p>`;
}
