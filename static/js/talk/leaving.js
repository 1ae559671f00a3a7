// Leaving the application: what this browser keeps of the member is deleted before another page is shown.
import { halt } from "../kit/socket.js";
import { tab } from "../kit/local_storage.js";
import { clearStoredData } from "./outbox.js";

const LEFT_KEY = "konektor.left";
const LOOP_GUARD = 10_000;

/** Ends of a session after which not even what is unsent stays: its author does not come back, or said so. */
const LOGGED_OUT = new Set(["logout", "deleted"]);

/** Deletes what is kept for reading offline; the module that keeps it is not part of the first page. */
const forgetCopy = () => import("../kit/local_copy.js").then((copy) => copy.forgetCopy());

/** Redirects to the login page, which shows the reason; not twice in a row, so that the two do not loop. */
export async function leave(reason) {
  if (LOGGED_OUT.has(reason)) clearStoredData();
  await forgetCopy();
  const before = Number(tab.read(LEFT_KEY));
  if (Date.now() - before < LOOP_GUARD) return;
  tab.write(LEFT_KEY, String(Date.now()));
  tab.write("konektor.ended", reason);
  location.replace("/login");
}

/** Deletes everything, and then sends the form. Without halting, `session:ended` would lead to the login in between. */
export async function logOut(event) {
  event.preventDefault();
  clearStoredData();
  halt();
  await forgetCopy();
  event.target.submit();
}
