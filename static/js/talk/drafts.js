// Drafts: what is typed and not sent yet, kept for each tab; a newly opened tab begins with the latest message.
import { useEffect, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { read, tab, write } from "../kit/local_storage.js";
import { isLatestMember, memberKey } from "../kit/owner.js";

/* The draft of this tab is JSON, so that an empty one differs from none; the copy for new tabs is the text itself. */

/** Where the draft of a stream is stored, or the draft of an edit. */
const keyOf = (stream, edited) => memberKey("draft", edited ? `${stream}.edit.${edited.id}` : stream);

/** An edit is begun in one tab, and its text is never begun with in another. */
const isEdit = (key) => key.includes(".edit.");

function readKey(key) {
  const own = ownDraft(key);
  if (own !== null || isEdit(key)) return own;
  const copy = read(key);
  if (copy !== null) tab.write(key, JSON.stringify(copy));
  return copy;
}

function ownDraft(key) {
  try {
    return JSON.parse(tab.read(key));
  } catch {
    return null;
  }
}

/** Stores the text of this tab. The copy is only removed if it is this tab's: another tab's author may be typing. */
function writeKey(key, text) {
  const before = ownDraft(key);
  tab.write(key, text === null ? null : JSON.stringify(text));
  if (isEdit(key)) return;
  if (text) write(key, text);
  else if (before === null || read(key) === before) write(key, null);
}

/** The draft of a stream; an empty text without one. */
export const draftOf = (stream) => readKey(keyOf(stream)) ?? "";

/** Inserts a text before the draft of a stream. */
export function prependDraft(stream, text) {
  const key = keyOf(stream);
  writeKey(key, [text, readKey(key)].filter(Boolean).join("\n\n"));
}

/** Keeps what only this tab has, because the tab may be closed. */
export function keepDrafts() {
  if (!isLatestMember()) return;
  for (const key of tab.keysOf(memberKey("draft"))) {
    const own = ownDraft(key);
    if (own && !isEdit(key) && read(key) === null) write(key, own);
  }
}

/** The text of the field, stored on each change: `[text, setText, discard]`. Each edit has a draft of its own. */
export function useDraft(stream, editing) {
  const key = keyOf(stream, editing);
  const [text, setText] = useState(() => readKey(key) ?? "");
  const wasEditing = useRef(false);
  // A layout effect, because keys that are pressed before the next frame must not mix with the text to edit.
  useLayoutEffect(() => {
    if (editing) setText(readKey(key) ?? editing.body);
    else if (wasEditing.current) setText(readKey(key) ?? "");
    wasEditing.current = Boolean(editing);
  }, [key]);
  const change = (next) => {
    setText(next);
    writeKey(key, next);
  };
  useEffect(() => {
    const onStorage = (event) => {
      // The text that this tab began with has been sent or discarded in the tab where it was typed.
      if (event.key === key && event.newValue === null && ownDraft(key) === event.oldValue) change("");
    };
    addEventListener("storage", onStorage);
    return () => removeEventListener("storage", onStorage);
  }, [key]);
  return [text, change, () => editing && writeKey(key, null)];
}
