// What stays in this browser: small texts in localStorage, without which everything still works.

/** The text kept under a key, or null. */
export function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text under a key; null or an empty text forgets it. Answers whether it worked. */
export function write(key, text) {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false; // Storage is full or switched off: what was to be kept lives until the page is closed.
  }
}

/** All keys that begin with a prefix. */
export function keysOf(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}
