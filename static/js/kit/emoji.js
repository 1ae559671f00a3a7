// The emoji picker as others use it: it is loaded when it is opened for the first time.
import { html, useEffect, useState } from "./ui.js";
import { open } from "./page_loader.js";

const PICKER = {
  name: "emoji picker",
  title: "The emoji picker",
  load: () => import("./emoji_picker.js"),
  style: "kit/emoji_picker.css",
};

/**
 * The picker beside the button `opener`. `pick(emoji)` is called with what was picked, `close()` when it closes; the
 * focus returns to the button unless `pick` moves it.
 */
export function EmojiPicker({ opener, pick, close }) {
  const [Component, setComponent] = useState(null);
  useEffect(() => {
    open(PICKER).then((Loaded) => (Loaded ? setComponent(() => Loaded) : close()));
  }, []);
  return Component && html`<${Component} opener=${opener} pick=${pick} close=${close} />`;
}
