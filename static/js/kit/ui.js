// Preact with htm as the modules here use it, and the small components that every page is made of.
import {
  Component,
  h,
  html,
  render,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "../../vendor/htm-preact.js";
import { hueOfId } from "./hue.js";
import { BadgeCheckIcon } from "./icons.js";

export { html, render, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState };

/** A component that renders again only when one of its properties has changed. */
export function memo(draw) {
  return class extends Component {
    shouldComponentUpdate(next) {
      const names = Object.keys(next);
      return names.length !== Object.keys(this.props).length || names.some((name) => next[name] !== this.props[name]);
    }

    render(props) {
      return h(draw, props);
    }
  };
}

/** The letters that stand for a member without a picture. */
export const initials = ({ username = "" }) => username.replace(/^member-/, "").slice(0, 2);

function Initials({ member, size }) {
  return html`<span class="avatar hued ${size}" style=${{ "--hue": hueOfId(member.id) }} aria-hidden="true"
    translate=${false}>${initials(member)}</span>`;
}

/**
 * A round avatar: the picture, or the first letters of the name on the member's own hue, also for a picture that does
 * not load. With `presence`, a dot for one who is online. It is decoration: a name always stands beside it.
 */
export function Avatar({ member, size = "m", presence = false }) {
  const [broken, setBroken] = useState(null);
  const { avatar } = member;
  const face =
    avatar && avatar !== broken
      ? html`<img key=${avatar} class="avatar ${size}" src=${`${avatar}/thumb`} alt="" width="96" height="96" loading="lazy"
          decoding="async" draggable=${false} onError=${() => setBroken(avatar)} />`
      : html`<${Initials} member=${member} size=${size} />`;
  if (!presence) return face;
  return html`<span class=${member.online ? "avatar-box online" : "avatar-box"}>${face}</span>`;
}

/** What stands beside a member's name: the tick of premium members, and the badges. */
export function Badges({ member }) {
  return html`${member.tick && html`<span class="tick" title="Premium member"><${BadgeCheckIcon} size=${16} /><span
    class="visually-hidden">Premium member</span></span>`}
    ${member.badges?.filter((badge) => !member.hiddenBadges?.includes(badge)).map((badge) => html`<span key=${badge} class="badge">${badge}</span>`)}`;
}

/** A number of unread messages; nothing for 0. */
export function UnreadBadge({ number }) {
  if (!number) return null;
  return html`<span class="unread">${number > 99 ? "99+" : number}<span class="visually-hidden"> unread</span></span>`;
}

/** A page's heading, which takes the focus when the page is opened. */
export function Title({ children, ...rest }) {
  return html`<h1 tabindex="-1" data-page-title ...${rest}>${children}</h1>`;
}

/** What a page shows in place of an empty list. */
export function Empty({ title, children }) {
  return html`<div class="empty"><h2 class="display">${title}</h2>${children}</div>`;
}

/** What stands in place of something that cannot load; to be seen only while there is no connection. */
export function WhenOffline({ what }) {
  return html`<p class="when-offline soft">${what ? `${what} load` : "Loads"} when you’re back online.</p>`;
}

/** Three pale lines in place of a list that is loading; without a connection, what it waits for. */
export function Skeleton({ label = "Loading" }) {
  return html`<div class="skeleton" role="status"><span class="visually-hidden">${label}</span><i /><i /><i />
    <${WhenOffline} /></div>`;
}

const numbers = new Intl.NumberFormat(navigator.languages);

/** A number as the reader's language writes it. */
export const amount = (number) => numbers.format(number);

/** `1 token`, `12 tokens`. */
export const count = (number, one, many = `${one}s`) => `${amount(number)} ${number === 1 ? one : many}`;

/** `3 characters over the 200 limit.`; empty for a length that is allowed. */
export const overLimit = (length, most) =>
  length > most ? `${count(length - most, "character")} over the ${amount(most)} limit.` : "";

/** In place of what did not load: the error, and a button that calls `retry`. */
export const Failed = ({ error, retry }) => html`<p class="notice bad" role="alert">${error.message} <button type="button"
  class="button plain slim" onClick=${retry}>Try again</button></p>`;
