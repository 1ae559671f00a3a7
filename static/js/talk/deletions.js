// Deletion with undo: the message is hidden at once and deleted some seconds later, unless its author undoes it.
import { ask } from "../kit/socket.js";
import { createStore } from "../kit/store.js";
import { dismiss, toast, toastError } from "../kit/toast.js";
import { applyChange } from "./message_store.js";

const UNDO_TIME = 5000;

/** The ids of messages that are hidden because they are about to be deleted. */
export const hidden = createStore({ ids: new Set() });
const pending = new Map();

/** Hides a message now and deletes it when its toast goes, after 5 s or later. */
export function deleteWithUndo({ id, stream }) {
  setHidden(id, true);
  const undo = () => {
    pending.delete(id);
    setHidden(id, false);
  };
  const toastId = toast("Message deleted.", {
    action: { label: "Undo", run: undo },
    duration: UNDO_TIME,
    onExpire: () => deleteNow(id),
  });
  pending.set(id, { stream, toastId });
}

/** Deletes everything that is pending, because the page is being left. */
export function flushDeletions() {
  for (const id of [...pending.keys()]) deleteNow(id);
}

async function deleteNow(id) {
  if (!pending.has(id)) return;
  const { stream, toastId } = pending.get(id);
  pending.delete(id);
  dismiss(toastId);
  try {
    await ask("message:delete", { id });
    applyChange({ stream, id, deleted: true });
  } catch (error) {
    toastError(error);
  }
  setHidden(id, false); // From now on the message itself says that it is deleted, or it is still there.
}

function setHidden(id, isHidden) {
  hidden.set(({ ids }) => {
    const next = new Set(ids);
    if (isHidden) next.add(id);
    else next.delete(id);
    return { ids: next };
  });
}
