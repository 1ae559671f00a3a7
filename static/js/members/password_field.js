// Password fields of the public pages: the Show button, and what a new password still needs while it is typed.
const LONG = 15;
const LEAST = 8;
const MOST = 128;
const CLASSES = [
  [/\p{Ll}/u, "a lower-case letter"],
  [/\p{Lu}/u, "an upper-case letter"],
  [/\p{Nd}/u, "a number"],
  [/[^\p{L}\p{Nd}]/u, "a symbol"],
];

const characters = (number) => `${number} ${number === 1 ? "character" : "characters"}`;
const joined = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");

/** What a new password still needs, in words; empty when it is good enough. */
function missingFrom(password) {
  const length = [...password.normalize("NFC")].length; // As the server counts.
  const missing = CLASSES.filter(([pattern]) => !pattern.test(password)).map(([, name]) => name);
  if (length > MOST) return `${characters(length - MOST)} over the limit of ${MOST}.`;
  if (length >= LONG || (length >= LEAST && !missing.length)) return "";
  if (!missing.length) return `Add ${characters(LEAST - length)}.`;
  return `Add ${joined(missing)}, or ${LONG - length} more ${LONG - length === 1 ? "character" : "characters"}.`;
}

/** Tells in `hint` what the password still needs, and fills in the second field, which only other pages show. */
export function bindNewPassword(password, confirm, hint) {
  const update = () => {
    hint.textContent = password.value ? missingFrom(password.value) || "Strong enough." : "";
    confirm.value = password.value;
  };
  password.addEventListener("input", update);
  password.addEventListener("change", update);
  password.form.addEventListener("submit", update);
  update();
}

/** Makes the Show buttons of a form work; before the form is sent, its passwords are hidden again. */
export function bindShowButtons(form) {
  for (const button of form.querySelectorAll("[data-show]")) {
    const field = form.elements.namedItem(button.dataset.show);
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.textContent = shown ? "Hide" : "Show";
      button.setAttribute("aria-label", shown ? "Hide password" : "Show password");
    };
    button.addEventListener("click", () => show(field.type === "password"));
    form.addEventListener("submit", () => show(false)); // Browsers remember what is typed into a field of text.
  }
}
