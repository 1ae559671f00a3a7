// Words of members on the page: always text, with http and https addresses made into links.
import { html } from "./ui.js";

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?…)\]}»”’]+$/;

/** The length that is paid for: Unicode code points. */
export const lengthOf = (text) => [...text].length;

/** The pieces of a text: strings, and `{href, text}` for addresses. */
export function pieces(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!URL.canParse?.(address) && URL.canParse) continue;
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push({ href: address, text: address });
    from = match.index + address.length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

/** An address without the punctuation that ends the sentence around it; a closing bracket stays when it was opened. */
function trimmed(address) {
  let text = address;
  while (TRAILING.test(text)) {
    const last = text.at(-1);
    if (last === ")" && text.split("(").length >= text.split(")").length) break;
    text = text.slice(0, -1);
  }
  return text;
}

/** A body as it is read: line breaks kept by the style, addresses linked. */
export function Words({ text }) {
  return pieces(text).map((piece) =>
    typeof piece === "string"
      ? piece
      : html`<a href=${piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">${piece.text}</a>`,
  );
}

/** The beginning of a text, on one line. */
export function excerpt(text, most = 90) {
  const line = text.replace(/\s+/g, " ").trim();
  const points = [...line];
  return points.length > most ? `${points.slice(0, most - 1).join("")}…` : line;
}

/** Whether a text is nothing but up to three emoji, which are then set large. */
export function onlyEmoji(text) {
  return /^(?:\p{Extended_Pictographic}[\p{Emoji_Modifier}\u200d\ufe0f\p{Extended_Pictographic}]*\s*){1,3}$/u.test(
    text,
  );
}
