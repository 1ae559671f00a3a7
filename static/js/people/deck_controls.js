// The buttons below the deck, and the keys that do the same.
import { html, useLayoutEffect, useRef } from "../kit/ui.js";
import { HeartIcon, MessageSquareTextIcon, Undo2Icon, XIcon } from "../kit/icons.js";
import { isComposing, isShortcut } from "../kit/keys.js";

const FIELDS = "input, textarea, select, [contenteditable]";
const PRESSABLE = "a, button, summary";

/** The command of a key: pass, like, undo, note, open; nothing for the other keys. */
function commandOf(event) {
  const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
  if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "z") return "undo";
  if (isShortcut(event) || shiftKey) return null;
  if (key === "Enter") return target.closest?.(PRESSABLE) ? null : "open";
  return { ArrowLeft: "pass", ArrowRight: "like", u: "undo", n: "note" }[key.length === 1 ? key.toLowerCase() : key];
}

/** Runs commands by keys: not while one types, nor while a dialog or menu is open, nor over and over for a held key. */
export function useKeys(commands) {
  const latest = useRef(commands);
  latest.current = commands;
  useLayoutEffect(() => {
    const onKeyDown = (event) => {
      if (isComposing(event) || event.defaultPrevented || event.target.closest?.(FIELDS)) return;
      if (document.querySelector("dialog[open], [role=menu]")) return;
      const command = commandOf(event);
      if (!command) return;
      event.preventDefault();
      if (!event.repeat) latest.current[command]();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}

function Control({ icon: Icon, label, name, kind = "", keys, disabled = false, run }) {
  return html`<button type="button" class=${`deck-control ${kind}`} aria-label=${name} aria-keyshortcuts=${keys}
    aria-disabled=${disabled} onClick=${() => !disabled && run()}>
    <span class="deck-disc"><${Icon} size=${kind === "small" ? 22 : 28} /></span><span>${label}</span></button>`;
}

/** The buttons. `member` is whom the top card shows, or null. */
export function Controls({ member, commands, mayUndo, mayLike }) {
  const none = !member;
  const named = (text) => (none ? text.split(" ")[0] : `${text} ${member.username}`);
  return html`<div class="deck-controls" role="group" aria-label="Actions">
    <${Control} icon=${Undo2Icon} label="Undo" name="Undo" kind="small" keys="U Control+Z" disabled=${!mayUndo}
      run=${commands.undo} />
    <${Control} icon=${XIcon} label="Pass" name=${named("Pass on")} keys="ArrowLeft" disabled=${none}
      run=${commands.pass} />
    <${Control} icon=${HeartIcon} label="Like" name=${named("Like")} kind="like" keys="ArrowRight"
      disabled=${none || !mayLike} run=${commands.like} />
    <${Control} icon=${MessageSquareTextIcon} label="Note" name=${named("Note to")} kind="small" keys="N"
      disabled=${none || !mayLike} run=${commands.note} />
  </div>`;
}
