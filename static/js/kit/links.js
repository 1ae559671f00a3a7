// Web addresses in what members write.

/*
 * ASCII, and letters, digits and marks of every script. Other punctuation, such as 。 or ）, belongs to the sentence; a
 * dash and the middle dots of Catalan and Japanese may stand inside an address.
 */
const ADDRESS = /\bhttps?:\/\/(?:[!#-&(-;=?-_a-~]|(?![\p{P}\p{S}\p{Z}\p{C}])[^\0-\x7f]|[\u00b7\u2013\u30fb])+/giu;

/** A host name followed by whatever belongs to an address. */
const HOST = /^https?:\/\/(?:\[[0-9a-f:.]+\]|[\p{L}\p{N}\p{M}_.\-@:%~!$&*+=]+)/iu;

/** Punctuation of the sentence around an address; a slash, an underscore and a few others may end one. */
const LAST = /\p{P}$/u;
const MAY_END = new Set(["/", "_", "-", "#", "&", "%", "@", "*"]);
const OPENING = { ")": "(", "]": "[", "}": "{" };

/** Splits a text into strings, and `{href, text}` for addresses. */
export function splitLinks(text) {
  const parts = [];
  let start = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutPunctuation(match[0]);
    if (!HOST.test(address) || !isAddress(address)) continue;
    if (match.index > start) parts.push(text.slice(start, match.index));
    parts.push({ href: address, text: address });
    start = match.index + address.length;
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

function isAddress(text) {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

/** Removes the punctuation of the surrounding sentence from the end of an address, but no bracket that it opened. */
function withoutPunctuation(address) {
  let text = address;
  while (LAST.test(text)) {
    const last = text.at(-1);
    if (MAY_END.has(last)) break;
    const opening = OPENING[last];
    if (opening && text.split(opening).length >= text.split(last).length) break;
    text = text.slice(0, -1);
  }
  return text;
}
