// The member's settings: the theme is applied here; every change is sent, and comes in from other connections.
import { ask, on } from "./socket.js";
import { onHello, session } from "./session.js";
import { write } from "./local_storage.js";

const STORED = "konektor.theme";

/** Shows a theme (`light`, `dark` or `system`), and keeps it for the next first paint. */
function applyTheme(theme) {
  const chosen = theme === "system" ? "" : theme;
  write(STORED, chosen);
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

function takeSettings(settings) {
  session.set(({ me }) => ({ me: { ...me, settings } }));
  applyTheme(settings.theme);
}

/** Follows the settings as they are told on connecting, and as another connection of the member changes them. */
export function followSettings() {
  onHello(async ({ me }) => applyTheme(me.settings.theme));
  on("settings:changed", ({ settings }) => takeSettings(settings));
}

/** Changes settings, at once on this page; rejects, with everything as before, when the server did not take them. */
export async function changeSettings(changes) {
  const { settings } = session.get().me;
  takeSettings({ ...settings, ...changes });
  try {
    takeSettings((await ask("settings:update", changes)).settings);
  } catch (error) {
    takeSettings(settings);
    throw error;
  }
}
