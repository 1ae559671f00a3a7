// Texts kept in the browser's storage; everything still works where storage is unavailable.

const over = (storage) => ({
  /** The text stored under a key, or null. */
  read(key) {
    try {
      return storage().getItem(key);
    } catch {
      return null;
    }
  },

  /** Stores a text under a key; null or an empty text removes it. Returns whether it worked. */
  write(key, text) {
    try {
      if (text) storage().setItem(key, text);
      else storage().removeItem(key);
      return true;
    } catch {
      return false; // Storage is full or switched off: the value lives until the page is closed.
    }
  },

  /** All keys with a prefix. */
  keysOf(prefix) {
    try {
      return Object.keys(storage()).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  },
});

/** Shared by all tabs, and kept when the browser is closed. */
export const browser = over(() => localStorage);
export const { read, write, keysOf } = browser;

/** The same for one tab; kept when the page is loaded again, gone when the tab is closed. */
export const tab = over(() => sessionStorage);
