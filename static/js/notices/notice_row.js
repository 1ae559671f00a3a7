// A notice as a row: who or what it is from, what it says, and the way to what it is about.
import { Avatar, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { useMember } from "../kit/profiles.js";
import { isShortcut } from "../kit/keys.js";
import { labelOf, parseStream } from "../kit/stream_names.js";
import { full, relative, tick } from "../kit/time.js";
import { ProfileLink } from "../people/open_profile.js";
import { addressOfPlace, openPlace } from "./places.js";
import { iconOf } from "./notice_icons.js";

function where({ stream }) {
  if (labelOf(stream)) return html` in <span class="notice-room" translate=${false}>${labelOf(stream)}</span>`;
  return parseStream(stream)?.kind === "group" ? " in a group" : "";
}

const ACCOUNT = {
  login: ({ device }) => `New login: ${device}. If that wasn’t you, log it out and change your password.`,
  reuse: () => "One of your logins was ended, because somebody else may have used it. If you’re not sure, change your password.",
  password: () => "Your password was changed.",
  email: () => "Your e-mail address was changed.",
};

/** What a notice says, behind the name of who caused it where somebody did. */
const WORDS = {
  request: () => "would like to be your friend.",
  matched: () => "and you are friends now.",
  mention: (params) => html`mentioned you${where(params)}.`,
  reply: (params) => html`replied to you${where(params)}.`,
  account: (params) => ACCOUNT[params.event]?.(params),
};

function When({ at }) {
  useStore(tick);
  return html`<time class="soft small" dateTime=${at} title=${full(at)}>${relative(at)}</time>`;
}

function Face({ member, kind }) {
  const Icon = iconOf(kind);
  if (!member) return html`<span class="notice-face plain"><${Icon} size=${22} /></span>`;
  return html`<span class="notice-face"><${Avatar} member=${member} /><span class="notice-kind"><${Icon}
    size=${12} /></span></span>`;
}

/** The row; `fresh` for one that was not read before this visit. */
export function NoticeRow({ notice: { kind, params, createdAt }, fresh }) {
  const member = useMember(params.userId ? { id: params.userId, username: params.username, avatar: params.avatar } : null);
  const place = { kind, ...params };
  const open = (event) => {
    if (isShortcut(event) || event.shiftKey) return; // A new tab or window.
    event.preventDefault();
    openPlace(place);
  };
  return html`<li class=${fresh ? "notice-row fresh" : "notice-row"} data-testid="notice">
    <${Face} member=${member} kind=${kind} />
    <p>${fresh && html`<span class="visually-hidden">New: </span>`}${
      member && html`<${ProfileLink} member=${member} class="notice-name" translate=${false}>${member.username}<//> `
    }<a class="notice-about" href=${addressOfPlace(place)} onClick=${open}>${WORDS[kind]?.(params) ?? "Something has changed."}</a></p>
    <${When} at=${createdAt} />
  </li>`;
}
