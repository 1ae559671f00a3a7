// Invitations: making a code, passing on its link, seeing who came, taking it back.
import { Empty, Face, Title, Waiting, amount, count, html, useLayoutEffect, useRef, useState } from "../kit/ui.js";
import { ask, askOnce } from "../kit/socket.js";
import { useAsked } from "../kit/use_ask.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { toast, toastError } from "../kit/toast.js";
import { copy } from "../kit/clipboard.js";
import { Marks } from "../talk/message.js";
import { date, relative } from "../kit/time.js";
import { CheckIcon, CopyIcon, PlusIcon } from "../kit/icons.js";

const STATES = { used: "used up", expired: "out of date", revoked: "revoked" };

function CopyButton({ text }) {
  const [done, setDone] = useState(false);
  const press = async () => {
    if (await copy(text)) {
      setDone(true);
      setTimeout(() => setDone(false), 2500);
    } else toast("This browser does not let us copy; select the link instead.");
  };
  return html`<button type="button" class="button" onClick=${press}>
    ${done ? html`<${CheckIcon} size=${18} />Copied` : html`<${CopyIcon} size=${18} />Copy the link`}
    <span class="out-of-sight" role="status">${done ? "The link is in the clipboard." : ""}</span>
  </button>`;
}

function Revoke({ code, done }) {
  const [sure, setSure] = useState(null); // null until it was asked
  const first = useRef(null);
  useLayoutEffect(() => {
    if (sure !== null) first.current.focus();
  }, [sure]);
  const revoke = async () => {
    try {
      await ask("invite:revoke", { code });
      toast("The invitation is revoked. Those who came with it stay.");
      await done();
      document.querySelector("[data-page-title]")?.focus(); // The button that had the focus is gone.
    } catch (error) {
      toastError(error);
    }
  };
  if (!sure)
    return html`<button type="button" class="button plain" ref=${first} onClick=${() => setSure(true)}>Revoke</button>`;
  return html`<span class="sure" role="group" aria-label="Revoke this invitation?">
    <button type="button" class="button danger" onClick=${revoke}>Revoke for good</button>
    <button type="button" class="button plain" ref=${first} onClick=${() => setSure(false)}>Keep it</button>
  </span>`;
}

function Open({ invitation, again }) {
  const { code, link, uses, cap, validUntil, tokens } = invitation;
  return html`<article class="ticket">
    <a class="ticket-link" href=${link} data-testid="invite-link">${link}</a>
    <progress max=${cap} value=${uses} aria-label="Uses"></progress>
    <dl class="facts-row">
      <div><dt>Used</dt><dd data-testid="invite-uses">${uses} of ${cap}</dd></div>
      <div><dt>Valid until</dt><dd>${date(validUntil)}</dd></div>
      <div><dt>Brings</dt><dd>${count(tokens, "token")}</dd></div>
    </dl>
    <div class="row-actions"><${CopyButton} text=${link} /><${Revoke} code=${code} done=${again} /></div>
  </article>`;
}

function Past({ codes }) {
  if (!codes.length) return null;
  return html`<section><h2 class="airy">Earlier ones</h2><ul class="lines-list">${codes.map(
    (item) => html`
    <li key=${item.code}><code>${item.code}</code><span class="soft">
      ${STATES[item.state] ?? item.state}, ${item.uses} of ${item.cap} used</span></li>`,
  )}
  </ul></section>`;
}

function Invitees({ people }) {
  if (!people.length) return null;
  return html`<section><h2 class="airy">Who came</h2><ul class="people wide">${people.map(
    (person) => html`
    <li key=${person.id} class="person"><${Face} who=${person} size="s" />
      <span class="person-name"><span>${person.username}</span><${Marks} who=${person} /><span
        class="soft small">joined ${relative(person.joinedAt)}</span></span></li>`,
  )}
  </ul></section>`;
}

function useCreate(again) {
  const [busy, setBusy] = useState(false);
  const create = async () => {
    setBusy(true);
    try {
      await askOnce("invite:create");
      await again();
      document.querySelector("[data-testid=invite-link]")?.focus();
    } catch (error) {
      toastError(error);
    }
    setBusy(false);
  };
  return [busy, create];
}

/** The page of the member's invitations. */
export function Invitations() {
  const [data, error, again] = useAsked("invite:list");
  const [busy, create] = useCreate(again);
  const open = data?.codes.filter((item) => item.state === "open") ?? [];
  const several = useStore(session, ({ me }) => me && me.role !== "member");
  const button = html`<button type="button" class=${open.length ? "button plain" : "button"}
    data-testid="invite-create" aria-disabled=${busy} onClick=${() => busy || create()}>
    <${PlusIcon} size=${18} />${busy ? "Making it …" : "New invitation"}</button>`;
  return html`<div class="page-body">
    <header class="page-head"><${Title}>Invitations<//>
      <p class="soft">A link lets ten people in within four months.
        Each of them begins with ${amount(100000)} tokens.</p></header>
    ${error && html`<p class="notice bad" role="alert">${error.message}</p>`}
    ${!data && !error && html`<${Waiting} label="Loading your invitations" />`}
    ${
      data &&
      (open.length
        ? html`<section class="tickets" aria-label="Open invitations">${open.map((item) => html`<${Open}
          key=${item.code} invitation=${item} again=${again} />`)}</section>
        ${several ? button : html`<p
          class="soft">You can have one open invitation at a time.
          When it is used up, or you revoke it, you can make the next.</p>`}`
        : html`<${Empty} title="No open invitation">
          <p>Make one, and send its link to somebody you would like to meet here every day.</p>${button}<//>`)
    }
    ${data && html`<${Invitees} people=${data.invitees} /><${Past}
      codes=${data.codes.filter((item) => item.state !== "open")} />`}
  </div>`;
}
