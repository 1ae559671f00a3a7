// What members write, on the page: always text, with http and https addresses as links.
import { html } from "./ui.js";
import { charactersOf } from "./characters.js";
import { splitLinks } from "./links.js";

/** The form of a text that is stored: composed accents, and line feeds between lines. */
export const normalized = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC");

/** The length that is charged: Unicode code points of the form that is stored. */
export const lengthOf = (text) => [...normalized(text)].length;

/** A message body: addresses are links, `mark(text)` draws the rest; the stylesheet preserves line breaks. */
export function FormattedText({ text, mark = (part) => part }) {
  return splitLinks(text).map((part) =>
    typeof part === "string"
      ? mark(part)
      : html`<a href=${part.href} target="_blank" rel="noopener noreferrer nofollow ugc">${part.text}</a>`,
  );
}

/** The beginning of a text, on one line; no character that a reader sees as one is cut. */
export function excerpt(text, max = 90) {
  const line = text.slice(0, 20 * max).replace(/\s+/g, " ").trim();
  const characters = charactersOf(line);
  return characters.length > max ? `${characters.slice(0, max - 1).join("")}…` : line;
}
