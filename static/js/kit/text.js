// What members write, on the page: always text, with http and https addresses as links; characters as readers see them.
import { html } from "./ui.js";

/** A text as it is searched: without accents, in lower case. */
export const plain = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();

const segmenter = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The characters of a text as a reader counts them: a family, a flag or an accented letter is one. */
const charactersOf = (text) => (segmenter ? Array.from(segmenter.segment(text), (one) => one.segment) : [...text]);

const VISIBLE = /[^\s\p{DI}\u2800\ufff9-\ufffb\u{13430}-\u{1343f}\u{16fe4}\u{1d159}]/u;

/** Whether a reader sees anything of a text, as the server decides it. */
export const isVisible = (text) => VISIBLE.test(text);

const EMOJI = String.raw`(?:\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3|${"PICTURE"}(?:\u200d${"PICTURE"})*)`.replaceAll(
  "PICTURE",
  String.raw`\p{Extended_Pictographic}(?:\p{EMod}|\ufe0f)?[\u{e0020}-\u{e007f}]*`,
);
const FEW_EMOJI = new RegExp(String.raw`^(?:${EMOJI}\s*){1,3}$`, "u");

/** Whether a text consists of one to three emoji, which are shown large. */
export const isEmojiOnly = (text) => FEW_EMOJI.test(text);

/** An emoji without the variation selectors that some keyboards add. */
export const bareEmoji = (emoji) => emoji.replaceAll("\ufe0f", "");

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

/** The form of a text that is stored: composed accents, and line feeds between lines. */
const normalized = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC");

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
