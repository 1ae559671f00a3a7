// Marks in a text what a search has found: beginnings of words, without regard to accents and case.
import { html } from "../kit/ui.js";
import { plain } from "../kit/text.js";

const WORDS = /[\p{L}\p{N}\p{M}]+/gu;

/** Scripts without spaces between words, in which a search finds what stands anywhere. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** The words of a query as they are compared. */
export const wordsOf = (query) => plain(query).match(WORDS) ?? [];

/** How many code units from the start of a text have this plain form. */
function lengthOf(text, form) {
  let length = 0;
  for (const letter of text) {
    if (plain(text.slice(0, length)).length >= form.length) break;
    length += letter.length;
  }
  return length + (/^\p{M}+/u.exec(text.slice(length))?.[0].length ?? 0);
}

/** Where in a word one of those looked for stands: `[start, end]`, or null. */
function placeIn(word, wanted) {
  const form = plain(word);
  const begun = wanted.filter((each) => form.startsWith(each)).sort((one, two) => two.length - one.length)[0];
  if (begun) return [0, lengthOf(word, begun)];
  const inside = UNSPACED.test(word) && wanted.find((each) => form.includes(each));
  if (!inside) return null;
  const start = lengthOf(word, form.slice(0, form.indexOf(inside)));
  return [start, start + lengthOf(word.slice(start), inside)];
}

/** The text in parts, `{text, found}`, in order. */
export function partsOf(text, query) {
  const wanted = wordsOf(query);
  const parts = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    const place = placeIn(word, wanted);
    if (!place) continue;
    const [from, to] = place.map((at) => index + at);
    if (from > end) parts.push({ text: text.slice(end, from), found: false });
    parts.push({ text: text.slice(from, to), found: true });
    end = to;
  }
  if (end < text.length) parts.push({ text: text.slice(end), found: false });
  return parts;
}

const BEFORE = 40;

/** A long text from shortly before what was found first, on one line. */
export function around(text, query) {
  const line = text.replace(/\s+/g, " ").trim();
  const [first, second] = partsOf(line, query);
  if (!second || first.found || first.text.length <= BEFORE) return line;
  const start = first.text.indexOf(" ", first.text.length - BEFORE);
  return start < 0 ? line : `…${line.slice(start)}`;
}

/** The text with what was found in it marked. */
export const MarkedText = ({ text, query }) =>
  partsOf(text, query).map((part) => (part.found ? html`<mark>${part.text}</mark>` : part.text));
