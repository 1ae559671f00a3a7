// The member's settings: the theme is applied here; every change is sent, and comes in from other connections.
import { ask, on } from "./socket.js";
import { onHello, session } from "./session.js";
import { read, write } from "./local_storage.js";

const STORED = "konektor.theme";
/** A theme that was chosen on a public page (theme_switch.js) since somebody was last logged in. */
const CHOSEN = "konektor.theme-chosen";

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

/** Stores a theme that was chosen on a public page, where the member was not known; otherwise shows theirs. */
async function takeTheme({ me }) {
  const chosen = read(CHOSEN);
  if (!chosen) applyTheme(me.settings.theme);
  else if (await changeSettings({ theme: chosen }).then(() => true, () => false)) write(CHOSEN, null);
}

/** Follows the settings as they are told on connecting, and as another connection of the member changes them. */
export function followSettings() {
  onHello(takeTheme);
  on("settings:changed", ({ settings }) => takeSettings(settings));
}

/** Takes over the values of some settings; others may have been changed meanwhile. */
function takeSome(names, settings) {
  const taken = Object.fromEntries(names.map((name) => [name, settings[name]]));
  takeSettings({ ...session.get().me.settings, ...taken });
}

/** Changes settings, at once on this page; rejects, with these as before, when the server did not take them. */
export async function changeSettings(changes) {
  const { settings } = session.get().me;
  const names = Object.keys(changes);
  takeSome(names, changes);
  try {
    takeSome(names, (await ask("settings:update", changes)).settings);
  } catch (error) {
    takeSome(names, settings);
    throw error;
  }
}
