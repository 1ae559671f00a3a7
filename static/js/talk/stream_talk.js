// The talk of a stream, the same in rooms, direct conversations and groups: timeline, composer, and what opens over them.
import { html, useCallback, useMemo, useState } from "../kit/ui.js";
import { open } from "../kit/page_loader.js";
import { touch } from "../kit/pointer.js";
import { deleteWithUndo } from "./deletions.js";
import { Timeline } from "./timeline.js";
import { TypingLine } from "./typing_line.js";
import { Composer } from "./composer.js";
import { useComposerContext } from "./composer_context.js";
import { useParts } from "./parts.js";
import { react } from "./reactions.js";
import { ImageIcon } from "./picture_icons.js";
import { usePictureTarget } from "./picture_tray.js";

const VIEWER = {
  name: "picture viewer",
  title: "The picture viewer",
  load: () => import("./picture_viewer.js"),
  style: "talk/picture_viewer.css",
};

/** A function that moves the focus to the text field; not on a touch screen, where that opens a keyboard. */
export const useComposerFocus = (field) =>
  useCallback(() => {
    if (!touch.matches) field.current?.focus();
  }, []);

/** What opens over the talk: `{menu, picker, reacted, viewed}` as the messages asked for it, and what changes it. */
function useOpened() {
  const [menu, setMenu] = useState(null);
  const [reacted, showReactions] = useState(null);
  const [picker, setPicker] = useState(null);
  const openEmoji = useCallback((opener, pick) => setPicker({ opener, pick }), []);
  const [viewed, setViewed] = useState(null);
  const view = async (message) => {
    const Viewer = await open(VIEWER);
    if (Viewer) setViewed({ Viewer, message });
  };
  return { menu, setMenu, reacted, showReactions, picker, setPicker, openEmoji, viewed, setViewed, view };
}

function Opened({ opened, on, actions }) {
  const { EmojiPicker, Menu, ReactionList, actionsFor, headingOf } = useParts();
  const { menu, setMenu, reacted, showReactions, picker, setPicker, viewed, setViewed } = opened;
  return html`${
      menu &&
      Menu &&
      html`<${Menu} opener=${menu.opener} close=${() => setMenu(null)} heading=${headingOf(menu.message)}
        react=${(emoji) => react(menu.message, emoji)} more=${() => on.emoji(menu.message, menu.opener)}
        actions=${actionsFor(menu.message, { ...actions, showReactions })} />`
    }
    ${reacted && html`<${ReactionList} message=${reacted} close=${() => showReactions(null)} />`}
    ${picker && EmojiPicker && html`<${EmojiPicker} ...${picker} close=${() => setPicker(null)} />`}
    ${viewed && html`<${viewed.Viewer} message=${viewed.message} close=${() => setViewed(null)} />`}`;
}

/**
 * The talk. `label` names the stream for screen readers, `place` where messages are, `top` stands before the first message, `over` over the
 * timeline, and `hint` above the composer; `closed` stands in place of the composer. `field` and `control` are refs for
 * the composer, `people` those who can be mentioned where it is no room, and `Receipt` draws how far an own message
 * has come.
 */
export function StreamTalk({ stream, label, place = label, closed, field, control, people, ...rest }) {
  const { firstUnread, top, over, hint, Receipt } = rest;
  const focusComposer = useComposerFocus(field);
  const { context, takeBack, reply, edit, cancel, forget } = useComposerContext(stream, focusComposer);
  const opened = useOpened();
  const { setMenu, openEmoji, view } = opened;
  const [held, listeners] = usePictureTarget(stream, focusComposer);
  // The same object for ever: each message renders again when it changes.
  const on = useMemo(
    () => ({
      menu: (message, opener) => setMenu((open) => (open?.opener === opener ? null : { message, opener })),
      reply: closed ? null : reply,
      emoji: (message, opener) => openEmoji(opener, (emoji) => react(message, emoji)),
      picture: view,
    }),
    [Boolean(closed)],
  );
  const remove = (message) => {
    deleteWithUndo(message);
    forget(message);
    focusComposer();
  };
  return html`<div class="talk" ...${closed ? {} : listeners}>
    <div class="room-body">
      <${Timeline} stream=${stream} label=${place} firstUnread=${firstUnread} on=${on} takeBack=${takeBack}
        moveFocus=${focusComposer} frozen=${Boolean(opened.menu || opened.picker)} top=${top} Receipt=${Receipt} />
      ${over}
    </div>
    <${TypingLine} stream=${stream} />
    ${
      closed ??
      html`<${Composer} key=${context.takenBack} stream=${stream} label=${label} context=${context} field=${field}
        control=${control} cancel=${cancel} edit=${edit} openEmoji=${openEmoji} hint=${hint} people=${people} />`
    }
    ${held && html`<p class="talk-drop" aria-hidden="true"><${ImageIcon} size=${28} />Drop pictures here</p>`}
    <${Opened} opened=${opened} on=${on} actions=${closed ? { remove } : { reply, edit, remove }} />
  </div>`;
}
