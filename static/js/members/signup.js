// Signing up: the three rooms appear as the date is chosen, and the password's rules tick off as it is typed.
import { follow } from "./rooms_preview.js";

const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];

function adultSince() {
  const today = new Date();
  const pad = (number) => String(number).padStart(2, "0");
  return `${today.getFullYear() - 18}-${pad(today.getMonth() + 1)}-${pad(today.getDate())}`;
}

/** What is still missing from a password, in words; empty when it will do. */
export function missing(password) {
  const length = [...password].length;
  const classes = CLASSES.filter((pattern) => pattern.test(password)).length;
  if (length > 128) return `${length - 128} characters too long.`;
  if (length < 8) return `${8 - length} more ${length === 7 ? "character" : "characters"}.`;
  if (length < 15 && classes < 4) return `${classes} of 4 kinds of characters; or ${15 - length} more of any kind.`;
  return "";
}

function watchPassword(password, confirm, say) {
  const update = () => {
    const lack = missing(password.value);
    say.textContent = !password.value ? "" : lack ? `Still needed: ${lack}` : "Good length and mix.";
    const different = confirm.value && confirm.value !== password.value;
    confirm.setCustomValidity(different ? "This is not the same password." : "");
  };
  password.addEventListener("input", update);
  confirm.addEventListener("input", update);
}

const dob = document.querySelector("#dob");
dob.max = adultSince();
if (dob.type === "date") document.querySelector(".dob-form").remove(); // The field shows how, in the reader's own way.
dob.addEventListener("input", () => {
  dob.setCustomValidity(dob.validity.rangeOverflow ? "Konektor is for people of 18 and older." : "");
});
follow(dob, document.querySelector(".rooms-preview"));
watchPassword(
  document.querySelector("#password"),
  document.querySelector("#confirm"),
  document.querySelector("#password-progress"),
);
