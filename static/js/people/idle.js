// Idle: after five minutes without a touch, key or movement in any tab, the member is away until the next one.
import { memberKey } from "../kit/owner.js";
import { read, write } from "../kit/local_storage.js";
import { setIdle } from "./presence_state.js";

const IDLE_AFTER = 5 * 60_000;
const LOOK_EVERY = 15_000;
const NOTED_EVERY = 10_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

/** When the member was last active, for all tabs. */
const ACTIVE = memberKey("active");

let active = Date.now();
let noted = 0;
let shown = false; // What this tab is shown as, also if the server does not know yet: a new connection tells it.
let known = true;
let telling = false;

const isIdle = () => Date.now() - Math.max(active, Number(read(ACTIVE))) >= IDLE_AFTER;

/** Tells the server when that has changed, one answer after the other. */
async function look() {
  const idle = isIdle();
  if (telling || (idle === shown && known)) return;
  telling = true;
  shown = idle;
  try {
    known = await setIdle(idle);
  } finally {
    telling = false;
  }
  if (isIdle() !== shown) look(); // What the server does not know is tried again at the next look.
}

function note() {
  active = Date.now();
  if (active - noted > NOTED_EVERY) {
    noted = active;
    write(ACTIVE, String(active));
  }
  look();
}

/** Watches this tab and the others. */
export function watchForIdleness() {
  note();
  for (const sign of SIGNS) addEventListener(sign, note, { passive: true, capture: true });
  addEventListener("storage", ({ key }) => key === ACTIVE && look());
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY);
}
