// The login page: why one is logged out, as the application has noted it, and the form.
import { bindShowButtons } from "./password_field.js";
import { sendByScript } from "./form_sender.js";
import { tab } from "../kit/local_storage.js";

const REASONS = {
  logout: "You logged out.",
  revoked: "You were logged out from another device.",
  expired: "You were logged out. Log in and go on where you were.",
  reuse: "You were logged out for your safety: somebody may have copied your login.",
  frozen: "Your account is frozen. Write to the people who run this Konektor.",
  deleted: "Your account was deleted.",
  unauthenticated: "Log in to open Konektor.",
};

const notice = document.querySelector("#ended");
const reason = tab.read("konektor.ended");
tab.write("konektor.ended", null);
if (reason) {
  notice.textContent = REASONS[reason] ?? "You were logged out.";
  notice.hidden = false;
}

const form = document.querySelector("[data-sent-by-script]");
bindShowButtons(form);
sendByScript(form);
