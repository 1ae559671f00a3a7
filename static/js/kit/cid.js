// Client ids: an event sent again with the same one is done once.

/** A fresh client id of 32 hex digits. */
export function newCid() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
