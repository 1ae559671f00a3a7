// How the actions on a message are reached: its toolbar, a long press on a touch screen, and a tap.
import { html, useEffect, useRef } from "../kit/ui.js";
import { isComposing } from "../kit/keys.js";
import { touch } from "../kit/pointer.js";
import { EllipsisIcon } from "../kit/icons.js";
import { useParts } from "./parts.js";

const LONG_PRESS = 500;
const TOLERANCE = 10;

/**
 * Listeners for an element; `run(element)` is called once a finger has rested on it. A finger that scrolls, a second
 * finger, a selection of text and a press on a link or button are something else.
 */
export function useLongPress(run) {
  const press = useRef(null);
  const end = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  useEffect(() => end, []);
  const onPointerDown = (event) => {
    end();
    if (event.pointerType !== "touch" || !event.isPrimary || event.target.closest("a, button")) return;
    const element = event.currentTarget;
    const timer = setTimeout(() => getSelection().isCollapsed && run(element), LONG_PRESS);
    press.current = { x: event.clientX, y: event.clientY, timer };
  };
  const onPointerMove = ({ clientX, clientY }) => {
    const { x, y } = press.current ?? {};
    if (press.current && Math.hypot(clientX - x, clientY - y) > TOLERANCE) end();
  };
  // Android asks for its own menu during the press.
  const onContextMenu = (event) => press.current && event.preventDefault();
  return { onPointerDown, onPointerMove, onPointerUp: end, onPointerCancel: end, onContextMenu };
}

/** A tap on a message shows its menu button, which those use who cannot press long. */
export function onTap(event) {
  if (!touch.matches || event.target.closest("a, button") || !getSelection().isCollapsed) return;
  event.currentTarget.querySelector(".more")?.focus({ preventScroll: true });
}

/** The arrow keys move within the toolbar, whose menu button is the only stop of the Tab key. */
function onKeyDown(event) {
  if (isComposing(event)) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (!buttons[target]) return;
  event.preventDefault();
  buttons[target].focus();
}

function WantedShortcuts(props) {
  const { Shortcuts } = useParts();
  return Shortcuts && html`<${Shortcuts} ...${props} />`;
}

/** The toolbar; `wanted` once the pointer or the focus was on the message, before which it is only the menu button. */
export function MessageToolbar({ message, wanted, on }) {
  return html`<div class="toolbar" role="toolbar" aria-label="Message" onKeyDown=${onKeyDown}>
    ${wanted && html`<${WantedShortcuts} message=${message} on=${on} />`}
    <button type="button" class="more" data-testid="message-menu" title="More"
      aria-label=${`Actions for the message of ${message.from.username}`} aria-haspopup="menu"
      onClick=${(event) => on.menu(message, event.currentTarget)}><${EllipsisIcon} /></button>
  </div>`;
}
