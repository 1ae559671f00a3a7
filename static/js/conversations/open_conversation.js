// The way to the direct conversation with a friend, from wherever they stand.
import { ask } from "../kit/socket.js";
import { addressOf } from "../kit/router.js";
import { toastError } from "../kit/toast.js";

/** Opens the conversation with a friend; whether that worked, and otherwise a toast says why. */
export async function openConversation({ id }) {
  try {
    const { stream } = await ask("dm:open", { userId: id });
    location.hash = addressOf("messages", stream);
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}
