// Logging out: asks when something would be lost, and sends the form, which removes what this browser keeps.
import { count } from "../kit/ui.js";
import { connection, isOnline } from "../kit/socket.js";
import { toast } from "../kit/toast.js";
import { outbox } from "../talk/outbox.js";

/** Logs this browser out; does nothing but say so without a connection. */
export function logOut() {
  if (!isOnline(connection.get())) {
    toast("You can log out once you’re back online.", { bad: true });
    return;
  }
  const waiting = outbox.get().items.length;
  const them = waiting === 1 ? "it" : "them";
  if (waiting && !confirm(`${count(waiting, "message")} not sent yet. Log out and lose ${them}?`)) return;
  document.querySelector("#logout").requestSubmit();
}
