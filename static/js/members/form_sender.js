// Sends a form without leaving the page, so that an error keeps everything that was typed, passwords too.
const TIMEOUT = 30_000;
const HTML = { Accept: "text/html" };

/** Sends the form with fetch from now on, and calls `onAccepted` before the browser goes on to where that leads.
 * Without this script the browser sends the form itself, and the server draws it again with the errors. */
export function sendByScript(form, onAccepted = () => {}) {
  const button = form.querySelector("[type=submit]");
  const label = button.textContent;
  let busy = false;
  const setBusy = (now) => {
    busy = now;
    button.setAttribute("aria-disabled", String(now));
    button.textContent = now ? button.dataset.busy : label;
  };
  const cookiesAreOff = warnOfCookies(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy || cookiesAreOff) return;
    setBusy(true);
    if (!(await send(form, onAccepted))) setBusy(false);
  });
  // A page that the browser restores as it was left is not busy any more.
  window.addEventListener("pageshow", (event) => event.persisted && setBusy(false));
}

/** Says that nothing can be made without cookies, and returns whether it did. */
function warnOfCookies(form) {
  const warning = form.querySelector("[data-no-cookies]");
  warning.hidden = navigator.cookieEnabled;
  return !warning.hidden;
}

/** Sends the form; true when it is accepted and the browser is on its way to where that leads. */
async function send(form, onAccepted) {
  try {
    const body = new URLSearchParams(new FormData(form));
    const signal = AbortSignal.timeout(TIMEOUT);
    const answer = await fetch(form.action, { method: "POST", body, headers: HTML, signal });
    const text = await answer.text();
    if (answer.redirected) {
      onAccepted();
      location.assign(answer.url);
      return true;
    }
    showAnswer(form, new DOMParser().parseFromString(text, "text/html"));
  } catch {
    const told = "Konektor can’t be reached. Check your connection and try again.";
    showSummary(form, summary(form.dataset.failed, told));
  }
  return false;
}

/** Shows the errors of the answer: of the same form drawn again, or of a page that tells what failed. */
function showAnswer(form, page) {
  const drawn = page.querySelector("form[data-sent-by-script]");
  const found = drawn?.querySelector("[data-summary]");
  const told = page.querySelector("main .intro")?.textContent ?? "Something went wrong. Please try again.";
  if (drawn) {
    form.elements.csrf.value = drawn.elements.csrf.value;
    document.title = page.title;
    for (const field of form.querySelectorAll("[data-field]")) showField(field, drawn);
  }
  showSummary(form, found ? document.importNode(found, true) : summary(form.dataset.failed, told));
}

function showField(field, drawn) {
  const counterpart = drawn.querySelector(`[data-field="${field.dataset.field}"]`);
  if (!counterpart) return;
  const wrong = counterpart.querySelector(".wrong");
  field.querySelector(".wrong")?.remove();
  const [input, other] = [field, counterpart].map((one) => one.querySelector("input"));
  for (const name of ["aria-invalid", "aria-describedby"]) {
    if (other.hasAttribute(name)) input.setAttribute(name, other.getAttribute(name));
    else input.removeAttribute(name);
  }
  if (!wrong) return;
  (input.closest(".with-button") ?? input).after(document.importNode(wrong, true));
  const folded = field.closest("details");
  if (folded) folded.open = true;
}

function showSummary(form, element) {
  form.querySelector("[data-summary]")?.remove();
  form.querySelector("[data-no-cookies]").after(element);
  element.focus();
}

function summary(heading, text) {
  const element = document.createElement("div");
  element.className = "notice bad";
  element.dataset.summary = "";
  element.tabIndex = -1;
  element.setAttribute("role", "alert");
  const [title, sentence] = [document.createElement("h2"), document.createElement("p")];
  title.textContent = heading;
  sentence.textContent = text;
  element.append(title, sentence);
  return element;
}
