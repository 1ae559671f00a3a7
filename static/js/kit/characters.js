// Characters as their readers see them: whole ones, visible ones, and emoji.

const segmenter = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The characters of a text as a reader counts them: a family, a flag or an accented letter is one. */
export const charactersOf = (text) => (segmenter ? Array.from(segmenter.segment(text), (one) => one.segment) : [...text]);

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
