// Deleting with a moment to think: the message is hidden at once and deleted some seconds later, unless one undoes it.
import { ask } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { change } from "./message_store.js";
import { dismiss, toast, toastError } from "../kit/toast.js";

const THINK = 5000;

/** The ids of messages that are hidden because they are about to be deleted. */
export const hidden = createStore({ ids: new Set() });
const pending = new Map();

/** Hides a message now and deletes it when the notice of that goes, in 5 s or later. */
export function deleteSoon({ id, stream }) {
  show(id, false);
  const undo = () => {
    pending.delete(id);
    show(id, true);
  };
  const over = () => reallyDelete(id);
  const note = toast("Message deleted.", { action: { label: "Undo", run: undo }, shown: THINK, over });
  pending.set(id, { stream, note });
}

/** Deletes at once whatever waits: the page is being left. */
export function flushDeletions() {
  for (const id of [...pending.keys()]) reallyDelete(id);
}

async function reallyDelete(id) {
  if (!pending.has(id)) return;
  const { stream, note } = pending.get(id);
  pending.delete(id);
  dismiss(note);
  try {
    await ask("message:delete", { id });
    change({ stream, id, deleted: true });
  } catch (error) {
    toastError(error);
  }
  show(id, true); // From here on the message itself says that it is deleted, or it is still there.
}

function show(id, shown) {
  hidden.set(({ ids }) => {
    const next = new Set(ids);
    if (shown) next.delete(id);
    else next.add(id);
    return { ids: next };
  });
}
