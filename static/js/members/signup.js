// The signup form: the rooms of the chosen date, hints while the password is typed, errors beside what was typed.
import { bindNewPassword, bindShowButtons } from "./password_field.js";
import { bindPreview, forgetDate, latestBirthDate, problemOf } from "./rooms_preview.js";
import { sendByScript } from "./form_sender.js";

const form = document.querySelector("[data-sent-by-script]");
const { dob, password, confirm } = form.elements;
dob.max = latestBirthDate();
// A date field shows the format by itself, in the reader's locale; a browser without one shows a field of text.
if (dob.type !== "date") form.querySelector("[data-format]").classList.remove("without-js");
dob.addEventListener("input", () => dob.setCustomValidity(problemOf(dob.value)));
bindPreview(dob, document.querySelector(".rooms-preview"), document.querySelector("#dob-note"));
bindNewPassword(password, confirm, document.querySelector("#password-progress"));
bindShowButtons(form);
sendByScript(form, forgetDate);
