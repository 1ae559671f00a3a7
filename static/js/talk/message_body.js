// The body of a message: links and mentions are marked, and a tall one is folded to its first lines.
import { html, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { FormattedText, isEmojiOnly } from "../kit/text.js";
import { session } from "../kit/session.js";
import { idOfName } from "../kit/member_names.js";
import { ProfileLink } from "../people/open_profile.js";

const MENTION = /(?<![\p{L}\p{N}@/.-])@([A-Za-z0-9-]{3,20})(?![A-Za-z0-9-])/gu;

const isOwnName = (name) => name.toLowerCase() === session.get().me?.username.toLowerCase();

/** Whether a text mentions the member. */
export const isMentioned = (text) => [...text.matchAll(MENTION)].some(([, name]) => isOwnName(name));

/** A text with its mentions of known members marked; they lead to their profiles. */
function markMentions(text) {
  const parts = [];
  let start = 0;
  for (const { 0: mention, 1: name, index } of text.matchAll(MENTION)) {
    const id = isOwnName(name) ? session.get().me.id : idOfName(name);
    if (!id) continue;
    parts.push(text.slice(start, index));
    parts.push(html`<${ProfileLink} member=${{ id }} class=${isOwnName(name) ? "mention own" : "mention"}
      translate=${false}>${mention}<//>`);
    start = index + mention.length;
  }
  return [...parts, text.slice(start)];
}

/** The height of a body, in rem, above which it is folded; the stylesheet leaves some lines less of it. */
const TALL = 20;

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

/** What a body must have at least to be that tall, on any screen: measuring every body would take time. */
const mayBeTall = (text) => text.length > 250 || text.split("\n").length > 10;

/** Whether the body of a text is too tall to be shown whole; measured again when the window changes its width. */
function useTall(body, text) {
  const [tall, setTall] = useState(false);
  useLayoutEffect(() => {
    if (!mayBeTall(text)) {
      setTall(false);
      return undefined;
    }
    const measure = () => setTall(body.current.scrollHeight > TALL * rem());
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, [text]);
  return tall;
}

/**
 * A body, with what stands behind its last word as children. `fold(element)` is called before the height of the
 * message changes, with the element of it that keeps its place on the screen.
 */
export function MessageBody({ text, fold, children }) {
  const body = useRef(null);
  const button = useRef(null);
  const [open, setOpen] = useState(false);
  const tall = useTall(body, text);
  const toggle = (next) => {
    fold(next ? body.current : button.current);
    setOpen(next);
  };
  const folded = tall && !open;
  const classes = ["body", isEmojiOnly(text) && "emoji", folded && "folded"].filter(Boolean);
  // A link in the part that is hidden takes the focus: then that part is wanted.
  const onFocusIn = ({ target }) => {
    const { offsetTop, clientHeight } = body.current;
    if (folded && target.offsetTop + target.offsetHeight > offsetTop + clientHeight) toggle(true);
  };
  if (!text) return html`<p class="body" ref=${body}>${children}</p>`;
  return html`<p class=${classes.join(" ")} ref=${body} onfocusin=${onFocusIn}><${FormattedText}
      text=${text} mark=${markMentions} /> ${children}</p>
    ${
      tall &&
      html`<button type="button" class="fold" ref=${button} aria-expanded=${open} onClick=${() => toggle(!open)}>
        ${open ? "Show less" : "Show more"}</button>`
    }`;
}
