// What a room needs only after it has been shown, as one module that is loaded on demand.
import { EmojiPicker } from "../kit/emoji.js";
import { Menu } from "../kit/menu.js";
import { Ad } from "./ad.js";
import { FadeHint } from "./fade_hint.js";
import { Mentions } from "./mention_list.js";
import { Members } from "./members.js";
import { ReactionList } from "./reaction_list.js";
import { SmallRoom } from "./small_room.js";
import { Shortcuts } from "./shortcuts.js";
import { actionsFor, headingOf } from "./message_actions.js";

export default {
  Ad,
  EmojiPicker,
  FadeHint,
  Members,
  Mentions,
  Menu,
  ReactionList,
  Shortcuts,
  SmallRoom,
  actionsFor,
  headingOf,
};
