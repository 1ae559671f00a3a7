// The menu of a message: reactions and actions, moved through with the arrow keys.
import { html, useLayoutEffect, useRef, useState } from "./ui.js";
import { PlusIcon } from "./icons.js";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🎂"];
const MOST_BYTES = 32;
const MARGIN = 8;

const items = (box) => [...box.querySelectorAll("[role=menuitem]")];

function move(event, box) {
  const all = items(box);
  const at = all.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const goal =
    event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : step && (at + step + all.length) % all.length;
  if (goal === undefined || Number.isNaN(goal)) return;
  event.preventDefault();
  all[goal].focus();
}

/** Puts the menu beside what opened it, inside the window. */
function place(box, opener) {
  const from = opener.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const below = from.bottom + MARGIN + height < innerHeight;
  const top = below ? from.bottom + 4 : Math.max(MARGIN, from.top - height - 4);
  box.style.top = `${top}px`;
  box.style.left = `${Math.min(Math.max(MARGIN, from.right - width), innerWidth - width - MARGIN)}px`;
}

function OtherEmoji({ pick, cancel }) {
  const [wrong, setWrong] = useState("");
  const field = useRef(null);
  useLayoutEffect(() => field.current.focus({ preventScroll: true }), []);
  const submit = (event) => {
    event.preventDefault();
    const text = new FormData(event.target).get("emoji").trim();
    if (!text) return;
    if (new TextEncoder().encode(text).length > MOST_BYTES) setWrong("That is too long for a reaction.");
    else pick(text);
  };
  const keys = (event) => {
    event.stopPropagation(); // Letters and arrows belong to the field here.
    if (event.key === "Escape") cancel();
  };
  return html`<form class="other-emoji" onSubmit=${submit}>
    <label class="out-of-sight" for="other-emoji">Another emoji</label>
    <input class="input" id="other-emoji" name="emoji" placeholder="Any emoji" autocomplete="off" maxlength="16"
      onKeyDown=${keys}
      aria-describedby="other-emoji-wrong" ref=${field} />
    <button class="button slim" type="submit">React</button>
    <span class="wrong" id="other-emoji-wrong" role="status">${wrong}</span>
  </form>`;
}

/** The menu. `actions` are `{label, icon, run, danger}`; `react(emoji)` null where nobody can react. */
export function Menu({ opener, actions, react, close }) {
  const box = useRef(null);
  const [other, setOther] = useState(false);
  useLayoutEffect(() => place(box.current, opener), [other]);
  useLayoutEffect(() => {
    items(box.current)[0]?.focus();
    const outside = (event) => !box.current?.contains(event.target) && !opener.contains(event.target) && close();
    const leave = () => finish(() => {})();
    const { top } = opener.getBoundingClientRect();
    const scrolled = () => Math.abs(opener.getBoundingClientRect().top - top) > MARGIN && leave();
    document.addEventListener("pointerdown", outside);
    document.addEventListener("scroll", scrolled, true);
    addEventListener("resize", leave);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("scroll", scrolled, true);
      removeEventListener("resize", leave);
    };
  }, []);
  const finish = (run) => () => {
    close();
    opener.focus({ preventScroll: true });
    run();
  };
  const keys = (event) => {
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      finish(() => {})();
    } else move(event, box.current);
  };
  const pick = (emoji) => finish(() => react(emoji))();
  return html`<div class="menu" role="menu" aria-label="Message" ref=${box} onKeyDown=${keys}>
    ${
      react &&
      html`<div class="palette" role="group" aria-label="React">
      ${EMOJI.map((emoji) => html`<button key=${emoji} type="button" role="menuitem"
        aria-label=${`React with ${emoji}`} onClick=${() => pick(emoji)}>${emoji}</button>`)}
      <button type="button" role="menuitem" aria-label="Another emoji" onClick=${() => setOther(true)}>
        <${PlusIcon} /></button>
    </div>`
    }
    ${other && html`<${OtherEmoji} pick=${pick} cancel=${finish(() => {})} />`}
    ${actions.map(
      ({ label, icon: Icon, run, danger }) => html`
      <button key=${label} type="button" role="menuitem" class=${danger ? "action danger" : "action"}
        onClick=${finish(run)}><${Icon} size=${18} />${label}</button>`,
    )}
  </div>`;
}
