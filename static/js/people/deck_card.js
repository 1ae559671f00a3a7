// A card of the deck: the picture, who it is, why they are shown, and what they say about themselves.
import { Badges, html, initials, useLayoutEffect, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { useMember } from "../kit/profiles.js";
import { hueOf, hueOfId } from "../kit/hue.js";
import { openProfile } from "./open_profile.js";
import { comeBack, leave, settle, useDrag } from "./deck_drag.js";
import { hasLeft } from "./deck_feed.js";
import { hueDayOf, own, reasonsInWords } from "./deck_reasons.js";

/** The picture over the initials, which are seen until it has loaded, and in place of one that does not. */
function Face({ member }) {
  const [state, setState] = useState({ avatar: null, is: null });
  const { avatar } = member;
  const is = state.avatar === avatar ? state.is : null;
  return html`<div class="deck-face">
    <span class="deck-initials" aria-hidden="true" translate=${false}>${initials(member)}</span>
    ${
      avatar &&
      is !== "broken" &&
      html`<img key=${avatar} class=${is ?? ""} src=${`${avatar}/screen`} alt=${`${member.username}’s picture`}
        draggable=${false} decoding="async" onLoad=${() => setState({ avatar, is: "there" })}
        onError=${() => setState({ avatar, is: "broken" })} />`
    }
  </div>`;
}

function Heading({ member, isTop }) {
  const { id, username, firstName, age, city, online } = member;
  return html`<header class="deck-heading">
    <h2 id=${`deck-${id}`}><button type="button" aria-haspopup="dialog" tabindex=${isTop ? 0 : -1}
      onClick=${() => openProfile(member)}><span translate=${false}>${username}</span>${age && html`<span
      class="deck-age"> ${age}</span>`}<span class="visually-hidden">, full profile</span></button></h2>
    <${Badges} member=${member} />
    <p class="soft">${firstName && firstName !== username && html`<span translate=${false}>${firstName}</span>`}${
      city && html`<span>${city}</span>`
    }${online && html`<span class="deck-online" data-live>Online</span>`}</p>
  </header>`;
}

function Details({ member: { status, about, skills } }) {
  return html`${status && html`<p class="deck-status">${status}</p>`}
    ${about && html`<p class="deck-about">${about}</p>`}
    ${
      skills?.length > 0 &&
      html`<ul class="deck-skills" aria-label="Skills">${skills.map((skill) => html`<li key=${skill}>${skill}</li>`)}</ul>`
    }`;
}

/** Plays what happens to a card: it leaves to a side, comes back from there, or lies behind another one. */
function useMotion(box, id, { place, gone, returned }) {
  const back = place === 0 && !gone ? returned : null;
  useLayoutEffect(() => {
    if (gone) leave(box.current, gone).then((done) => done && hasLeft(id));
  }, [gone]);
  useLayoutEffect(() => {
    if (back) comeBack(box.current, back);
  }, [back]);
  useLayoutEffect(() => {
    if (!gone && place > 0) settle(box.current);
  }, [place, gone]);
}

/**
 * A card. `place`: 0 on top, 1 and 2 behind; `gone`: the side to which it leaves; `returned`: the side from which it
 * came back; `swiped(dir)` is called when it has been dragged to a side, and returns whether it goes.
 */
export function Card({ item, place, gone, returned, swiped }) {
  const member = useMember(item.profile);
  const { id } = member;
  const isTop = place === 0 && !gone;
  const box = useDrag(isTop, swiped);
  useMotion(box, id, { place, gone, returned });
  const shown = { ...item, profile: member };
  const day = hueDayOf(shown);
  const reasons = reasonsInWords(shown, useStore(own));
  return html`<article class="deck-card hued" ref=${box} data-place=${gone ? "gone" : place} data-testid="deck-card"
    aria-labelledby=${`deck-${id}`} inert=${!isTop} style=${{ "--hue": day ? hueOf(day) : hueOfId(id) }}>
    <div class="deck-inside" tabindex=${isTop ? 0 : -1} role="group" aria-labelledby=${`deck-${id}`}>
      <${Face} member=${member} />
      <div class="deck-text">
        <${Heading} member=${member} isTop=${isTop} />
        ${
          reasons.length > 0 &&
          html`<ul class="deck-reasons" aria-label="Why you see this card">${reasons.map((reason) => html`<li key=${reason}>${reason}</li>`)}</ul>`
        }
        <${Details} member=${member} />
      </div>
    </div>
    <span class="deck-stamp like" aria-hidden="true">Like</span>
    <span class="deck-stamp pass" aria-hidden="true">Pass</span>
  </article>`;
}
