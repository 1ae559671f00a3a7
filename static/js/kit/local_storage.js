// Texts kept in localStorage; everything still works where storage is unavailable.

/** The text stored under a key, or null. */
export function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Stores a text under a key; null or an empty text removes it. Returns whether it worked. */
export function write(key, text) {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false; // Storage is full or switched off: the value lives until the page is closed.
  }
}

/** All keys with a prefix. */
export function keysOf(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}
