// Waking up: the device slept, the browser had frozen the page, or the back button has restored it.
const BEAT = 5000;
const ASLEEP = 75_000; // Timers of a hidden page run once a minute.

const isVisible = () => document.visibilityState === "visible";

/** Calls `wake` after each time at which the page could not run; `show` whenever it comes into sight. */
export function watchForWaking(wake, show) {
  let last = Date.now();
  let missed = false;
  const look = () => {
    missed ||= Date.now() - last > ASLEEP;
    last = Date.now();
    if (!missed || !isVisible()) return;
    missed = false;
    wake();
  };
  setInterval(look, BEAT);
  document.addEventListener("visibilitychange", () => {
    if (!isVisible()) return;
    show();
    look();
  });
  document.addEventListener("resume", wake);
  addEventListener("pageshow", ({ persisted }) => persisted && wake());
}
