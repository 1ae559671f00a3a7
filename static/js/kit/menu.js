// A popup menu of actions, with a palette of reactions; the arrow keys move through it.
import { html, useLayoutEffect, useRef, useState } from "./ui.js";
import { PlusIcon } from "./icons.js";
import { isComposing } from "./keys.js";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🎂"];
const MAX_BYTES = 32;
const MARGIN = 8;

const itemsOf = (box) => [...box.querySelectorAll("[role=menuitem]")];

function moveFocus(event, box) {
  const items = itemsOf(box);
  const index = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const ends = { Home: 0, End: items.length - 1 };
  const target = ends[event.key] ?? (step && (index + step + items.length) % items.length);
  if (target === undefined || Number.isNaN(target)) return;
  event.preventDefault();
  items[target].focus();
}

/** Positions the menu beside the button that opened it, inside the window. */
function place(box, opener) {
  const anchor = opener.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const fitsBelow = anchor.bottom + MARGIN + height < innerHeight;
  const top = fitsBelow ? anchor.bottom + 4 : Math.max(MARGIN, anchor.top - height - 4);
  box.style.top = `${top}px`;
  box.style.left = `${Math.min(Math.max(MARGIN, anchor.right - width), innerWidth - width - MARGIN)}px`;
}

function OtherEmoji({ pick, cancel }) {
  const [error, setError] = useState("");
  const field = useRef(null);
  useLayoutEffect(() => field.current.focus({ preventScroll: true }), []);
  const submit = (event) => {
    event.preventDefault();
    const text = new FormData(event.target).get("emoji").trim();
    if (!text) return;
    if (new TextEncoder().encode(text).length > MAX_BYTES) setError("That is too long for a reaction.");
    else pick(text);
  };
  const onKeyDown = (event) => {
    event.stopPropagation(); // Letters and arrow keys are for the field, not for the menu.
    if (event.key === "Escape" && !isComposing(event)) cancel();
  };
  return html`<form class="other-emoji" onSubmit=${submit}>
    <label class="visually-hidden" for="other-emoji">Another emoji</label>
    <input class="input" id="other-emoji" name="emoji" placeholder="Any emoji" autocomplete="off" maxlength="16"
      onKeyDown=${onKeyDown}
      aria-describedby="other-emoji-wrong" ref=${field} />
    <button class="button slim" type="submit">React</button>
    <span class="wrong" id="other-emoji-wrong" role="status">${error}</span>
  </form>`;
}

/** The menu. `actions` are `{label, icon, run, danger}`; without `react(emoji)` there is no palette. */
export function Menu({ opener, actions, react, close }) {
  const box = useRef(null);
  const [choosing, setChoosing] = useState(false);
  useLayoutEffect(() => place(box.current, opener), [choosing]);
  useLayoutEffect(() => {
    itemsOf(box.current)[0]?.focus();
    const onPointerDown = (event) => !box.current?.contains(event.target) && !opener.contains(event.target) && close();
    const { top } = opener.getBoundingClientRect();
    const onScroll = () => Math.abs(opener.getBoundingClientRect().top - top) > MARGIN && cancel();
    document.addEventListener("pointerdown", onPointerDown);
    document.addEventListener("scroll", onScroll, true);
    addEventListener("resize", cancel);
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
      document.removeEventListener("scroll", onScroll, true);
      removeEventListener("resize", cancel);
    };
  }, []);
  const closeAnd = (run) => () => {
    close();
    opener.focus({ preventScroll: true });
    run?.();
  };
  const cancel = closeAnd(null);
  const onKeyDown = (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      cancel();
    } else moveFocus(event, box.current);
  };
  const pick = (emoji) => closeAnd(() => react(emoji))();
  return html`<div class="menu" role="menu" aria-label="Message" ref=${box} onKeyDown=${onKeyDown}>
    ${
      react &&
      html`<div class="palette" role="group" aria-label="React">
      ${EMOJI.map((emoji) => html`<button key=${emoji} type="button" role="menuitem"
        aria-label=${`React with ${emoji}`} onClick=${() => pick(emoji)}>${emoji}</button>`)}
      <button type="button" role="menuitem" aria-label="Another emoji" onClick=${() => setChoosing(true)}>
        <${PlusIcon} /></button>
    </div>`
    }
    ${choosing && html`<${OtherEmoji} pick=${pick} cancel=${cancel} />`}
    ${actions.map(
      ({ label, icon: Icon, run, danger }) => html`
      <button key=${label} type="button" role="menuitem" class=${danger ? "action danger" : "action"}
        onClick=${closeAnd(run)}><${Icon} size=${18} />${label}</button>`,
    )}
  </div>`;
}
