// What members write, on the page: always text, with http and https addresses as links.
import { html } from "./ui.js";

const URL_PATTERN = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const TRAILING_PUNCTUATION = /[.,;:!?…)\]}»”’]+$/;

/** The length that is charged: Unicode code points of the composed form, which the server stores. */
export const lengthOf = (text) => [...text.normalize("NFC")].length;

/** Splits a text into strings, and `{href, text}` for addresses. */
export function splitLinks(text) {
  const parts = [];
  let start = 0;
  for (const match of text.matchAll(URL_PATTERN)) {
    const address = trimPunctuation(match[0]);
    if (URL.canParse && !URL.canParse(address)) continue;
    if (match.index > start) parts.push(text.slice(start, match.index));
    parts.push({ href: address, text: address });
    start = match.index + address.length;
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

/** Removes the punctuation of the surrounding sentence from the end of an address, but no bracket that it opened. */
function trimPunctuation(address) {
  let text = address;
  while (TRAILING_PUNCTUATION.test(text)) {
    const last = text.at(-1);
    if (last === ")" && text.split("(").length >= text.split(")").length) break;
    text = text.slice(0, -1);
  }
  return text;
}

/** A message body: addresses are links; line breaks are preserved by the stylesheet. */
export function FormattedText({ text }) {
  return splitLinks(text).map((part) =>
    typeof part === "string"
      ? part
      : html`<a href=${part.href} target="_blank" rel="noopener noreferrer nofollow ugc">${part.text}</a>`,
  );
}

/** The beginning of a text, on one line. */
export function excerpt(text, max = 90) {
  const line = text.replace(/\s+/g, " ").trim();
  const points = [...line];
  return points.length > max ? `${points.slice(0, max - 1).join("")}…` : line;
}

/** Whether a text consists of one to three emoji, which are shown large. */
export function isEmojiOnly(text) {
  return /^(?:\p{Extended_Pictographic}[\p{Emoji_Modifier}\u200d\ufe0f\p{Extended_Pictographic}]*\s*){1,3}$/u.test(
    text,
  );
}
