// Leaving the profile editor with unsaved changes: a question before another page or site is shown.
import { html, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { Dialog } from "../kit/dialog.js";
import { guardPage } from "../kit/router.js";
import { connection, halted } from "../kit/socket.js";

const isEnding = () => halted || connection.get().state === "ended";

/** `{wanted, stay, go}`: the address to which somebody wants to go, null when nobody does. */
export function useLeaving(changed) {
  const [wanted, setWanted] = useState(null);
  const end = useRef(null);
  useLayoutEffect(() => {
    if (!changed) return undefined;
    end.current = guardPage((address) => {
      setWanted(address);
      return false;
    });
    const onUnload = (event) => isEnding() || event.preventDefault();
    addEventListener("beforeunload", onUnload);
    return () => {
      end.current();
      removeEventListener("beforeunload", onUnload);
    };
  }, [changed]);
  const go = () => {
    end.current();
    location.hash = wanted || "#/";
  };
  return { wanted, stay: () => setWanted(null), go };
}

/** The question. */
export function UnsavedQuestion({ wanted, stay, go }) {
  if (wanted === null) return null;
  return html`<${Dialog} class="popup editor-question" aria-labelledby="unsaved" onClose=${stay}>
    <h2 class="display" id="unsaved">Leave without saving?</h2>
    <p class="soft">What you’ve changed in your profile will be lost.</p>
    <div class="editor-buttons"><button type="button" class="button" onClick=${stay}>Keep editing</button>
      <button type="button" class="button danger" onClick=${go}>Discard changes</button></div>
  <//>`;
}
