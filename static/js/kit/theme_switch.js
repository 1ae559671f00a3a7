// The light and dark switch in the header of public pages; the choice is stored in this browser.
const button = document.querySelector("[data-theme-switch]");
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
};

const updateLabel = () => {
  const text = isDark() ? "Switch to light" : "Switch to dark";
  button.setAttribute("aria-label", text);
  button.title = text;
};

updateLabel();
system.addEventListener("change", updateLabel);
button.addEventListener("click", () => {
  const next = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("konektor.theme", next);
  } catch {
    // Without storage the choice lasts until the page is left.
  }
  updateLabel();
});
