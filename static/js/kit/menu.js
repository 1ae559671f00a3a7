// A popup menu of actions, with a palette of reactions; the arrow keys move through it.
import { html, useLayoutEffect, useRef } from "./ui.js";
import { PlusIcon } from "./icons.js";
import { isComposing } from "./keys.js";

/** The reactions that are offered before all others; the first of them also without the menu. */
export const REACTIONS = ["👍", "❤️", "😂", "😮", "😢", "🎂"];
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

/** Positions a box beside the button that opened it, inside the window. */
export function place(box, opener) {
  const anchor = opener.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const fitsBelow = anchor.bottom + MARGIN + height < innerHeight;
  const top = fitsBelow ? anchor.bottom + 4 : Math.max(MARGIN, anchor.top - height - 4);
  box.style.top = `${top}px`;
  box.style.left = `${Math.min(Math.max(MARGIN, anchor.right - width), innerWidth - width - MARGIN)}px`;
}

/**
 * The menu, below an optional `heading`. `actions` are `{label, icon, run, danger}`; without `react(emoji)` there is no
 * palette, at whose end `more()` offers all emoji.
 */
export function Menu({ opener, heading, actions, react, more, close }) {
  const box = useRef(null);
  useLayoutEffect(() => place(box.current, opener), []);
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
  return html`<div class="popup menu" role="menu" aria-label="Message" aria-describedby=${heading ? "menu-heading" : null}
    ref=${box} onKeyDown=${onKeyDown}>
    ${heading && html`<p class="menu-heading" id="menu-heading" role="presentation">${heading}</p>`}
    ${
      react &&
      html`<div class="palette" role="group" aria-label="React">
      ${REACTIONS.map((emoji) => html`<button key=${emoji} type="button" role="menuitem"
        aria-label=${`React with ${emoji}`} onClick=${() => pick(emoji)}>${emoji}</button>`)}
      <button type="button" role="menuitem" aria-label="More emoji" aria-haspopup="dialog"
        onClick=${closeAnd(more)}>
        <${PlusIcon} /></button>
    </div>`
    }
    ${actions.map(
      ({ label, icon: Icon, run, danger }) => html`
      <button key=${label} type="button" role="menuitem" class=${danger ? "choice danger" : "choice"}
        onClick=${closeAnd(run)}><${Icon} size=${18} />${label}</button>`,
    )}
  </div>`;
}
