// Preact with htm as the modules here use it, with the pieces that every page is made of.
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

export { Component, html, render, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState };

/** A component that is drawn again only when one of its properties is another. */
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

/** A round face: the picture, or the first letters of the name on the member's own hue. */
export function Face({ who, size = "m" }) {
  if (who.avatar) return html`<img class="face ${size}" src=${`/media/${who.avatar}`} alt="" loading="lazy" />`;
  const letters = who.username.replace(/^member-/, "").slice(0, 2);
  return html`<span class="face hued ${size}" style=${{ "--hue": hueOfId(who.id) }} aria-hidden="true">
    ${letters}</span>`;
}

/** A page's heading, which takes the focus when the page is opened. */
export function Title({ children, ...rest }) {
  return html`<h1 tabindex="-1" data-page-title ...${rest}>${children}</h1>`;
}

/** What a page shows in place of a list that is empty, or of one that did not come. */
export function Empty({ title, children }) {
  return html`<div class="empty"><h2 class="airy">${title}</h2>${children}</div>`;
}

/** Three pale lines where a list is about to be. */
export function Waiting({ label = "Loading" }) {
  return html`<div class="waiting" role="status"><span class="out-of-sight">${label}</span><i /><i /><i /></div>`;
}

/** A number as the reader's language writes it. */
export const amount = (number) => new Intl.NumberFormat(navigator.language).format(number);

/** `1 token`, `12 tokens`. */
export const count = (number, one, many = `${one}s`) => `${amount(number)} ${number === 1 ? one : many}`;
