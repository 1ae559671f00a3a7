// Unblocking somebody, after a question that says what it means.
import { html } from "../kit/ui.js";
import { createStore, useStore } from "../kit/store.js";
import { ConfirmDialog } from "../kit/confirm_dialog.js";
import { takeBlock } from "../kit/profiles.js";
import { ask } from "../kit/socket.js";
import { toast, toastError } from "../kit/toast.js";

const asked = createStore({ person: null });

/** Asks whether to unblock a member, over whatever page is shown. */
export const askToUnblock = (person) => asked.set({ person });

async function unblock({ id, username }) {
  try {
    await ask("block:set", { userId: id, on: false });
    takeBlock({ userId: id, on: false });
    toast(`You’ve unblocked ${username}.`);
  } catch (error) {
    toastError(error);
  }
}

/** The place of the question; once in the application. */
export function UnblockPlace() {
  const { person } = useStore(asked);
  return (
    person &&
    html`<${ConfirmDialog} title=${`Unblock ${person.username}?`} label="Unblock" run=${() => unblock(person)}
      close=${() => asked.set({ person: null })}><p>You’ll see each other again in rooms and in Discover, and they can send
      you a request. You won’t be friends again unless one of you asks and the other accepts.</p><//>`
  );
}
