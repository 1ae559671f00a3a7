// Sets the theme and the hue of the day before the first paint; a classic script in the head, which blocks rendering.
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage can be switched off; the system's theme applies then.
    }
  };

  const theme = read("konektor.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  // As hueOfDay() in hue.js, which a classic script cannot import.
  const now = new Date();
  const day = (Date.UTC(2000, now.getMonth(), now.getDate()) - Date.UTC(2000, 0, 1)) / 86_400_000;
  const own = Number(read("konektor.hue"));
  root.style.setProperty("--hue", own || Math.round((255 - (day * 360) / 366 + 360) % 360));
})();
