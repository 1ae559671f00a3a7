// The emoji picker: search, groups, skin tone; loaded when it is opened for the first time.
import { html, useLayoutEffect, useRef, useState } from "./ui.js";
import { GROUPS, TONES, inTone, recent, remember, search, storeTone, storedTone } from "./emoji_data.js";
import { Dialog } from "./dialog.js";
import { isComposing } from "./keys.js";
import { place } from "./menu.js";
import { touch } from "./pointer.js";
import * as icons from "./emoji_icons.js";
import { ClockIcon, HeartIcon, SearchIcon, SmileIcon } from "./icons.js";

const RECENT = "Recently used";
const ICONS = [
  SmileIcon,
  icons.HandIcon,
  icons.PawPrintIcon,
  icons.CoffeeIcon,
  icons.PlaneIcon,
  icons.VolleyballIcon,
  icons.LightbulbIcon,
  HeartIcon,
  icons.FlagIcon,
];
const phone = matchMedia("(max-width: 47.99rem)");

const buttonsIn = (grid) => [...grid.querySelectorAll("button")];

/** Moves the focus within the buttons of a grid, whatever number is in a row; `leave()` is called at its upper edge. */
function moveInGrid(event, grid, leave) {
  const buttons = buttonsIn(grid);
  const at = buttons.indexOf(document.activeElement);
  const columns = buttons.filter(({ offsetTop }) => offsetTop === buttons[0]?.offsetTop).length;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  const ends = { Home: 0, End: buttons.length - 1 };
  if (at < 0 || !(event.key in steps || event.key in ends)) return;
  event.preventDefault();
  const target = ends[event.key] ?? at + steps[event.key];
  if (target < 0) leave();
  else buttons[Math.min(target, buttons.length - 1)].focus();
}

/** Arrow keys choose a tab, as they do in every list of tabs. */
function moveInTabs(event, names, shown, choose) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const ends = { Home: 0, End: names.length - 1 };
  const target = ends[event.key] ?? (step && (names.indexOf(shown) + step + names.length) % names.length);
  if (target === undefined) return;
  event.preventDefault();
  choose(names[target]);
  event.currentTarget.children[target].focus();
}

function Tabs({ groups, shown, choose }) {
  const names = groups.map(({ name }) => name);
  return html`<div class="emoji-tabs" role="tablist" aria-label="Groups"
    onKeyDown=${(event) => !isComposing(event) && moveInTabs(event, names, shown, choose)}>
    ${groups.map(
      ({ name, icon: Icon }) => html`<button key=${name} type="button" role="tab"
        aria-selected=${name === shown} aria-controls="emoji-panel" aria-label=${name} title=${name}
        tabindex=${name === shown ? 0 : -1} autofocus=${touch.matches && name === shown} onClick=${() => choose(name)}><${Icon} /></button>`,
    )}
  </div>`;
}

function Grid({ items, tone, pick, leave, label }) {
  const grid = useRef(null);
  const onKeyDown = (event) => !isComposing(event) && moveInGrid(event, grid.current, leave);
  return html`<div class="emoji-grid" ref=${grid} role="group" aria-label=${label} onKeyDown=${onKeyDown}>
    ${items.map(
      (item, index) => html`<button key=${item.emoji} type="button" tabindex=${index ? -1 : 0} title=${item.name}
        aria-label=${item.name} onClick=${() => pick(item)}>${inTone(item, tone)}</button>`,
    )}
  </div>`;
}

function Tone({ tone, choose }) {
  return html`<select class="emoji-tone" aria-label="Skin tone" value=${tone}
    onChange=${(event) => choose(Number(event.target.value))}>
    ${TONES.map((modifier, index) => html`<option key=${index} value=${index}>${`✋${modifier}`}</option>`)}
  </select>`;
}

/** Keeps the picker beside what opened it; on a phone at the foot of the screen, above the keyboard. */
function usePlace(box, opener) {
  useLayoutEffect(() => {
    const view = window.visualViewport;
    const toPlace = () => {
      if (!phone.matches) place(box.current, opener);
      else box.current.style.bottom = `${view ? Math.max(0, innerHeight - view.height - view.offsetTop) : 0}px`;
    };
    toPlace();
    view?.addEventListener("resize", toPlace);
    return () => view?.removeEventListener("resize", toPlace);
  }, []);
}

const groupsNow = () => {
  const used = recent();
  const groups = GROUPS.map((group, index) => ({ ...group, icon: ICONS[index] }));
  return used.length ? [{ name: RECENT, icon: ClockIcon, emoji: used }, ...groups] : groups;
};

/** The picker beside the button that opened it. `pick(emoji)` is called once; Escape and a click outside close it. */
export default function EmojiPicker({ opener, pick, close }) {
  const box = useRef(null);
  const field = useRef(null);
  const [groups] = useState(groupsNow);
  const [shown, show] = useState(groups[0].name);
  const [text, setText] = useState("");
  const [tone, setTone] = useState(storedTone);
  const words = text.trim();
  const items = words ? search(words) : groups.find(({ name }) => name === shown).emoji;
  useLayoutEffect(() => {
    if (!touch.matches) field.current.focus(); // On a touch screen the keyboard would cover the emoji.
  }, []);
  usePlace(box, opener);
  const finish = (item) => {
    remember(item);
    box.current.close();
    pick(inTone(item, tone));
  };
  const onSearchKey = (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") {
      event.preventDefault(); // At once: browsers would only empty the field.
      box.current.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (words && items.length) finish(items[0]);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      box.current.querySelector(".emoji-grid button")?.focus();
    }
  };
  const found = words && (items.length ? `${items.length} found` : "No emoji with that name");
  return html`<${Dialog} class="popup emoji-picker" box=${box} aria-label="Emoji" data-testid="emoji-picker" onClose=${close}>
    <div class="emoji-inside">
      <div class="emoji-head">
        <label class="field-box emoji-search"><${SearchIcon} size=${18} /><span class="visually-hidden">Search emoji</span>
          <input type="search" ref=${field} placeholder="Search emoji" autocomplete="off" spellcheck="false"
            enterkeyhint="done" value=${text} onInput=${(event) => setText(event.target.value)}
            onKeyDown=${onSearchKey} /></label>
        <${Tone} tone=${tone} choose=${(next) => (storeTone(next), setTone(next))} />
      </div>
      ${!words && html`<${Tabs} groups=${groups} shown=${shown} choose=${show} />`}
      <div class="emoji-panel" id="emoji-panel" key=${words ? "found" : shown} role=${words ? null : "tabpanel"}
        aria-label=${words ? null : shown}>
        ${words && !items.length && html`<p class="soft">No emoji with that name.</p>`}
        <${Grid} items=${items} tone=${tone} pick=${finish} leave=${() => field.current.focus()}
          label=${words ? "Found" : shown} />
      </div>
      <p class="visually-hidden" role="status">${found}</p>
    </div>
  <//>`;
}
