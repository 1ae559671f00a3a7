// The emoji picker as others use it: it is loaded when it is opened for the first time.
import { html, useEffect } from "./ui.js";
import { usePage } from "./page_loader.js";
import { toastError } from "./toast.js";

/** Loaded like a page. */
const PICKER = { name: "emoji picker", load: () => import("./emoji_picker.js"), style: "kit/emoji_picker.css" };

/**
 * The picker beside the button `opener`. `pick(emoji)` is called with what was picked, `close()` when it closes; the
 * focus returns to the button unless `pick` moves it.
 */
export function EmojiPicker({ opener, pick, close }) {
  const { Component, error } = usePage(PICKER);
  useEffect(() => {
    if (!error) return;
    toastError({ message: "The emoji didn’t load. Try again when you’re back online." });
    close();
  }, [error]);
  return Component && html`<${Component} opener=${opener} pick=${pick} close=${close} />`;
}
