// The quick switcher: a dialog that goes to a room or a page whose name one types.
import { html, useLayoutEffect, useRef, useState } from "./ui.js";
import { addressOf, listedPages } from "./router.js";
import { isComposing } from "./keys.js";
import { plain } from "./text.js";
import { Dialog } from "./dialog.js";

/** The rooms and pages that contain every word of a text, in their order. */
function matching(places, text) {
  const words = plain(text).split(/\s+/).filter(Boolean);
  return places.filter(({ title, words: more = "" }) => {
    const name = plain(`${title} ${more}`);
    return words.every((word) => name.includes(word));
  });
}

const placesOf = (rooms) => [
  ...rooms.map(({ label, ...room }) => ({ title: label, isRoom: true, ...room })),
  ...listedPages().map(({ name, title, nav, card, tab }) => ({
    title,
    address: addressOf(name),
    icon: (nav ?? card ?? tab).icon,
  })),
];

function Option({ place, id, selected, go }) {
  const { title, words, icon: Icon, isRoom, hue } = place;
  return html`<li role="option" id=${id} aria-selected=${selected} class=${isRoom ? "choice hued" : "choice"}
    style=${isRoom ? { "--hue": hue } : {}} onClick=${go}>
    ${isRoom ? html`<span class="date" translate=${false}>${title}</span>` : html`<${Icon} size=${18} /><span>${title}</span>`}
    ${words && html`<span class="soft small">${words}</span>`}</li>`;
}

/** The dialog; `rooms` are those of the navigation. */
export default function Switcher({ rooms, close }) {
  const [text, setText] = useState("");
  const [index, setIndex] = useState(0);
  const dialog = useRef(null);
  const found = matching(placesOf(rooms), text);
  const at = Math.min(index, found.length - 1);
  useLayoutEffect(() => dialog.current.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }));
  const go = (place) => {
    dialog.current.close();
    location.hash = place.address;
  };
  const onKeyDown = (event) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) setIndex((at + step + found.length) % found.length);
    else if (event.key === "Enter" && found[at]) go(found[at]);
    else return;
    event.preventDefault();
  };
  const onInput = (event) => {
    setText(event.target.value);
    setIndex(0);
  };
  return html`<${Dialog} class="popup switcher" aria-label="Jump to a room or page" box=${dialog} onClose=${close}>
    <input class="switcher-field" role="combobox" aria-label="Room or page" aria-expanded="true"
      aria-controls="places" aria-autocomplete="list" aria-activedescendant=${found[at] ? `place-${at}` : null}
      placeholder="Room or page" autocomplete="off" value=${text} onInput=${onInput} onKeyDown=${onKeyDown} />
    <ul id="places" role="listbox" aria-label="Rooms and pages">${found.map(
      (place, number) => html`<${Option} key=${place.address} place=${place} id=${`place-${number}`}
        selected=${number === at} go=${() => go(place)} />`,
    )}</ul>
    <p class="soft small switcher-foot" role="status">${found.length ? "" : "Nothing has that name."}</p>
    <p class="soft small switcher-foot" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Enter</kbd> go ·
      ${" "}<kbd>Esc</kbd> close · <kbd>?</kbd> all shortcuts</p>
  <//>`;
}
