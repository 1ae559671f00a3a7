// The invitations page: creating, sharing and revoking invitations, and who has joined with one.
import {
  Avatar,
  Badges,
  Empty,
  Skeleton,
  Title,
  amount,
  count,
  html,
  useLayoutEffect,
  useRef,
  useState,
} from "../kit/ui.js";
import { ask, askOnce } from "../kit/socket.js";
import { useAsk } from "../kit/use_ask.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { toast, toastError } from "../kit/toast.js";
import { copy } from "../kit/clipboard.js";
import { date, relative } from "../kit/time.js";
import { CheckIcon, CopyIcon, PlusIcon } from "../kit/icons.js";

const COPIED_SHOWN = 2500;
const STATES = { used: "used up", expired: "out of date", revoked: "revoked" };

function CopyButton({ text }) {
  const [done, setDone] = useState(false);
  const onClick = async () => {
    if (await copy(text)) {
      setDone(true);
      setTimeout(() => setDone(false), COPIED_SHOWN);
    } else toast("This browser does not let us copy; select the link instead.");
  };
  return html`<button type="button" class="button" onClick=${onClick}>
    ${done ? html`<${CheckIcon} size=${18} />Copied` : html`<${CopyIcon} size=${18} />Copy the link`}
    <span class="visually-hidden" role="status">${done ? "The link is in the clipboard." : ""}</span>
  </button>`;
}

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
      toast("The invitation is revoked. Those who came with it stay.");
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
    <button type="button" class="button danger" onClick=${revoke}>Revoke for good</button>
    <button type="button" class="button plain" ref=${safe} onClick=${() => setConfirming(false)}>Keep it</button>
  </span>`;
}

function OpenInvitation({ invitation, reload }) {
  const { code, link, uses, cap, validUntil, tokens } = invitation;
  return html`<article class="ticket">
    <a class="ticket-link" href=${link} data-testid="invite-link">${link}</a>
    <progress max=${cap} value=${uses} aria-label="Uses"></progress>
    <dl class="facts-row">
      <div><dt>Used</dt><dd data-testid="invite-uses">${uses} of ${cap}</dd></div>
      <div><dt>Valid until</dt><dd>${date(validUntil)}</dd></div>
      <div><dt>Brings</dt><dd>${count(tokens, "token")}</dd></div>
    </dl>
    <div class="row-actions"><${CopyButton} text=${link} /><${Revoke} code=${code} reload=${reload} /></div>
  </article>`;
}

function PastInvitations({ codes }) {
  if (!codes.length) return null;
  return html`<section><h2 class="display">Earlier ones</h2><ul class="plain-list">${codes.map(
    (item) => html`
    <li key=${item.code}><code>${item.code}</code><span class="soft">
      ${STATES[item.state] ?? item.state}, ${item.uses} of ${item.cap} used</span></li>`,
  )}
  </ul></section>`;
}

function Invitees({ people }) {
  if (!people.length) return null;
  return html`<section><h2 class="display">Who came</h2><ul class="people wide">${people.map(
    (person) => html`
    <li key=${person.id} class="person"><${Avatar} member=${person} size="s" />
      <span class="person-name"><span>${person.username}</span><${Badges} member=${person} /><span
        class="soft small">joined ${relative(person.joinedAt)}</span></span></li>`,
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

/** The page of the member's invitations. */
export default function Invitations() {
  const { data, error, reload } = useAsk("invite:list");
  const [busy, create] = useCreate(reload);
  const open = data?.codes.filter((item) => item.state === "open") ?? [];
  const mayHaveSeveral = useStore(session, ({ me }) => me && me.role !== "member");
  const button = html`<button type="button" class=${open.length ? "button plain" : "button"}
    data-testid="invite-create" aria-disabled=${busy} onClick=${() => busy || create()}>
    <${PlusIcon} size=${18} />${busy ? "Making it …" : "New invitation"}</button>`;
  return html`<div class="page-body">
    <header class="page-head"><${Title}>Invitations<//>
      <p class="soft">A link lets ten people in within four months.
        Each of them begins with ${amount(100000)} tokens.</p></header>
    ${error && html`<p class="notice bad" role="alert">${error.message}</p>`}
    ${!data && !error && html`<${Skeleton} label="Loading your invitations" />`}
    ${
      data &&
      (open.length
        ? html`<section class="tickets" aria-label="Open invitations">${open.map((item) => html`<${OpenInvitation}
          key=${item.code} invitation=${item} reload=${reload} />`)}</section>
        ${mayHaveSeveral ? button : html`<p
          class="soft">You can have one open invitation at a time.
          When it is used up, or you revoke it, you can make the next.</p>`}`
        : html`<${Empty} title="No open invitation">
          <p>Make one, and send its link to somebody you would like to meet here every day.</p>${button}<//>`)
    }
    ${data && html`<${Invitees} people=${data.invitees} /><${PastInvitations}
      codes=${data.codes.filter((item) => item.state !== "open")} />`}
  </div>`;
}
