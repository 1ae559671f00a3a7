// The light and dark switch of public pages: its choice becomes the setting of the member who logs in next.
import { write } from "./local_storage.js";

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
  write("konektor.theme", next);
  write("konektor.theme-chosen", next);
  updateLabel();
});
