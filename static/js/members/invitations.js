// The invitations page: creating, sharing and revoking invitations, and who has joined with one.
import { Avatar, Badges, Empty, Skeleton, Title, amount, count, html } from "../kit/ui.js";
import { useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { ask, askOnce } from "../kit/socket.js";
import { useAsk } from "../kit/use_ask.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { toast, toastError } from "../kit/toast.js";
import { useMember } from "../kit/profiles.js";
import { date, relative } from "../kit/time.js";
import { PlusIcon } from "../kit/icons.js";
import { ProfileLink } from "../people/open_profile.js";
import { Sharing, sentence } from "./sharing.js";

const STATES = { used: "used up", expired: "expired", revoked: "revoked" };

/** The button to revoke, which asks for confirmation first. */
function Revoke({ code, reload }) {
  const [confirming, setConfirming] = useState(null); // null until the first click, when the focus has to move
  const safe = useRef(null);
  useLayoutEffect(() => {
    if (confirming !== null) safe.current.focus();
  }, [confirming]);
  const revoke = async () => {
    try {
      await ask("invite:revoke", { code });
      toast("The invitation is revoked. Everybody who joined with it stays.");
      await reload();
      document.querySelector("[data-page-title]")?.focus(); // The focused button is gone.
    } catch (error) {
      toastError(error);
    }
  };
  if (!confirming)
    return html`<button type="button" class="button plain" ref=${safe} onClick=${() => setConfirming(true)}>
      Revoke</button>`;
  return html`<span class="confirm" role="group" aria-label="Revoke this invitation?">
    <button type="button" class="button danger" onClick=${revoke}>Revoke</button>
    <button type="button" class="button plain" ref=${safe} onClick=${() => setConfirming(false)}>Cancel</button>
  </span>`;
}

/** How many people a link still lets in, and until when. */
function validity({ uses, cap, validUntil }) {
  const left = cap - uses;
  const people = `${amount(left)}${uses ? " more" : ""} ${left === 1 ? "person" : "people"}`;
  return `Your link works for ${people} until ${date(validUntil)}.`;
}

function OpenInvitation({ invitation, text, reload }) {
  const { code, link, uses, cap, tokens } = invitation;
  return html`<article class="ticket">
    <p class="ticket-message"><span>${text}</span>${" "}
      <a class="ticket-link" href=${link} data-testid="invite-link" translate=${false}>${link}</a></p>
    <div class="row-actions"><${Sharing} text=${text} link=${link} /></div>
    <p>${validity(invitation)}</p>
    <progress max=${cap} value=${uses} aria-label="Joined through this link"></progress>
    <dl class="facts-row">
      <div><dt>Joined</dt><dd data-testid="invite-uses">${uses} of ${cap}</dd></div>
      <div><dt>Gift</dt><dd>${count(tokens, "token")}</dd></div>
    </dl>
    <div class="row-actions"><${Revoke} code=${code} reload=${reload} /></div>
  </article>`;
}

function PastInvitations({ codes }) {
  if (!codes.length) return null;
  return html`<section><h2 class="display">Past invitations</h2><ul class="plain-list">${codes.map(
    (item) => html`
    <li key=${item.code}><code translate=${false}>${item.code}</code><span class="soft">
      ${STATES[item.state] ?? item.state}, ${item.uses} of ${item.cap} used</span></li>`,
  )}
  </ul></section>`;
}

/** How far a new member is from the tokens that both get. */
function progress({ activeDays }, { tokens, days }) {
  if (activeDays === null || !tokens) return "";
  return activeDays >= days ? `, you both got ${count(tokens, "token")}` : `, active ${activeDays} of ${days} days`;
}

function Invitee({ person, bonus }) {
  const member = useMember(person);
  return html`<li><${ProfileLink} member=${member} class="person person-link"><${Avatar} member=${member} size="s" />
    <span class="person-name"><span translate=${false}>${member.username}</span><${Badges} member=${member} /><span
      class="soft small">
      joined ${relative(person.joinedAt)}${progress(person, bonus)}</span></span><//></li>`;
}

function Invitees({ people, bonus }) {
  if (!people.length) return null;
  return html`<section><h2 class="display">Joined through you</h2><ul class="people wide">${people.map(
    (person) => html`<${Invitee} key=${person.id} person=${person} bonus=${bonus} />`,
  )}
  </ul></section>`;
}

/** `[busy, create]`, which makes an invitation and moves the focus to its link. */
function useCreate(reload) {
  const [busy, setBusy] = useState(false);
  const create = async () => {
    setBusy(true);
    try {
      await askOnce("invite:create");
      await reload();
      document.querySelector("[data-testid=invite-link]")?.focus();
    } catch (error) {
      toastError(error);
    }
    setBusy(false);
  };
  return [busy, create];
}

function Bonus({ bonus }) {
  if (!bonus.tokens) return null;
  return html`<p class="soft">Once somebody who joined through you has been active on ${bonus.days} days,
    you both get ${amount(bonus.tokens)} tokens.</p>`;
}

/** The page of the member's invitations. */
export default function Invitations() {
  const { data, error, reload } = useAsk("invite:list");
  const [busy, create] = useCreate(reload);
  const me = useStore(session, (state) => state.me);
  const open = data?.codes.filter((item) => item.state === "open") ?? [];
  const mayHaveSeveral = me && me.role !== "member";
  const button = html`<button type="button" class=${open.length ? "button plain" : "button"}
    data-testid="invite-create" aria-disabled=${busy} onClick=${() => busy || create()}>
    <${PlusIcon} size=${18} />${busy ? "Creating …" : "New invitation"}</button>`;
  return html`<div class="page-body">
    <header class="page-head"><${Title}>Invitations<//>
      <p class="soft">Whoever joins through you gets tokens to start with.</p></header>
    ${error && html`<p class="notice bad" role="alert">${error.message}</p>`}
    ${!(data && me) && !error && html`<${Skeleton} label="Loading your invitations" />`}
    ${
      data &&
      me &&
      (open.length
        ? html`<section class="tickets" aria-label="Open invitations">${open.map((item) => html`<${OpenInvitation}
          key=${item.code} invitation=${item} text=${sentence(me.dob)} reload=${reload} />`)}</section>
        ${mayHaveSeveral ? button : html`<p
          class="soft">You can have one open invitation at a time. You can create the next one when it’s used up or
          revoked.</p>`}`
        : html`<${Empty} title="No open invitation">
          <p>Create one and send its link to somebody you’d like to meet here.</p>${button}<//>`)
    }
    ${data && html`<${Bonus} bonus=${data.bonus} />
      <${Invitees} people=${data.invitees} bonus=${data.bonus} />
      <${PastInvitations} codes=${data.codes.filter((item) => item.state !== "open")} />`}
  </div>`;
}
