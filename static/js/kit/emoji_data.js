// The emoji that the picker offers: by group, by name, those used last, and their skin tones.
import lines from "../../vendor/emoji.js";
import { read, write } from "./local_storage.js";
import { memberKey } from "./owner.js";
import { plain } from "./text.js";

const MOST_FOUND = 72;
const MOST_RECENT = 24;
const TAKES_TONE = "~";

/** The skin tones: none, then from light to dark. */
export const TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];

/** An emoji of the file: `😀 grinning face|cheerful,happy`. */
function parseLine(line) {
  const space = line.indexOf(" ");
  const [name, tags = ""] = line.slice(space + 1).split("|");
  const takesTone = line[space - 1] === TAKES_TONE;
  const emoji = line.slice(0, takesTone ? space - 1 : space);
  return { emoji, name, takesTone, words: plain(name).split(/[\s:-]+/), tags: plain(tags).split(",") };
}

/** `[{name, emoji: [{emoji, name, takesTone}]}]` in the order of Unicode. */
export const GROUPS = lines
  .split(/^# /m)
  .slice(1)
  .flatMap((part) => {
    const [name, ...rest] = part.trimEnd().split("\n");
    return [{ name, emoji: rest.map(parseLine) }];
  });

const ALL = GROUPS.flatMap((group) => group.emoji);

/** How well an emoji fits the words: 0 is best, Infinity not at all. */
function distance(item, words) {
  const name = item.words.join(" ");
  if (name === words.join(" ")) return 0;
  const ofWord = (word) => {
    if (item.words[0].startsWith(word)) return 1;
    if (item.words.some((one) => one.startsWith(word))) return 2;
    return item.tags.some((tag) => tag.startsWith(word)) ? 3 : Infinity;
  };
  return Math.max(...words.map(ofWord));
}

/** What fits a text, the best first; an emoji that was typed or pasted is found too. */
export function search(text) {
  const words = plain(text).split(/\s+/).filter(Boolean);
  const typed = ALL.filter(({ emoji }) => text.includes(emoji));
  if (typed.length) return typed.slice(0, MOST_FOUND);
  return ALL.map((item) => [distance(item, words), item])
    .filter(([far]) => far < Infinity)
    .sort(([a], [b]) => a - b)
    .slice(0, MOST_FOUND)
    .map(([, item]) => item);
}

/** An emoji in a skin tone, where it takes one. */
export function inTone({ emoji, takesTone }, tone) {
  if (!takesTone || !tone) return emoji;
  const [first, ...rest] = emoji;
  return first + TONES[tone] + rest.join("").replace(/^\ufe0f/, "");
}

/** The index of the tone that the member chose. */
export const storedTone = () => Number(read(memberKey("emoji-tone")) ?? 0);
export const storeTone = (tone) => write(memberKey("emoji-tone"), tone ? String(tone) : null);

const stored = () => (read(memberKey("emoji-recent")) ?? "").split(" ").filter(Boolean);

/** What the member picked last, the newest first. */
export function recent() {
  const byEmoji = new Map(ALL.map((item) => [item.emoji, item]));
  return stored().flatMap((emoji) => byEmoji.get(emoji) ?? []);
}

/** Remembers what was picked. */
export function remember({ emoji }) {
  const others = stored().filter((one) => one !== emoji);
  write(memberKey("emoji-recent"), [emoji, ...others].slice(0, MOST_RECENT).join(" "));
}
