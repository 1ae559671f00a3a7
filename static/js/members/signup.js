// The signup page: a preview of the rooms of the chosen date, and hints while the password is typed.
import { bindPreview } from "./rooms_preview.js";

const CHARACTER_CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];

/** The latest date of birth of somebody who is 18 today. */
function latestBirthDate() {
  const today = new Date();
  const pad = (number) => String(number).padStart(2, "0");
  return `${today.getFullYear() - 18}-${pad(today.getMonth() + 1)}-${pad(today.getDate())}`;
}

/** What a password still needs, in words; empty when it is good enough. */
function missingFrom(password) {
  const length = [...password].length;
  const classes = CHARACTER_CLASSES.filter((pattern) => pattern.test(password)).length;
  if (length > 128) return `${length - 128} characters too long.`;
  if (length < 8) return `${8 - length} more ${length === 7 ? "character" : "characters"}.`;
  if (length < 15 && classes < 4) return `${classes} of 4 kinds of characters; or ${15 - length} more of any kind.`;
  return "";
}

function bindPassword(password, confirm, hint) {
  const update = () => {
    const missing = missingFrom(password.value);
    hint.textContent = !password.value ? "" : missing ? `Still needed: ${missing}` : "Good length and mix.";
    const differs = confirm.value && confirm.value !== password.value;
    confirm.setCustomValidity(differs ? "This is not the same password." : "");
  };
  password.addEventListener("input", update);
  confirm.addEventListener("input", update);
}

const dob = document.querySelector("#dob");
dob.max = latestBirthDate();
// A date field shows the format by itself, in the reader's locale.
if (dob.type === "date") document.querySelector(".dob-format").remove();
dob.addEventListener("input", () => {
  dob.setCustomValidity(dob.validity.rangeOverflow ? "Konektor is for people of 18 and older." : "");
});
bindPreview(dob, document.querySelector(".rooms-preview"));
bindPassword(
  document.querySelector("#password"),
  document.querySelector("#confirm"),
  document.querySelector("#password-progress"),
);
