// The light and dark switch in a page's head; the choice stays in this browser.
const button = document.querySelector("[data-theme-switch]");
const system = matchMedia("(prefers-color-scheme: dark)");
const dark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
};

const label = () => {
  const text = dark() ? "Switch to light" : "Switch to dark";
  button.setAttribute("aria-label", text);
  button.title = text;
};

label();
system.addEventListener("change", label);
button.addEventListener("click", () => {
  const next = dark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("konektor.theme", next);
  } catch {
    // Without storage the choice lasts until the page is left.
  }
  label();
});
