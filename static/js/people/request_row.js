// A request as a row: who it is from or to, the note, and what can be done with it.
import { html, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask, askOnce } from "../kit/socket.js";
import { toast, toastError } from "../kit/toast.js";
import { full, relative, tick } from "../kit/time.js";
import { CheckIcon } from "../kit/icons.js";
import { Person } from "./person.js";
import { announceFriend, viewing } from "./request_toasts.js";

function When({ at }) {
  useStore(tick);
  return html`<time class="person-status" dateTime=${at} title=${full(at)}>${relative(at)}</time>`;
}

async function review({ id, peer }, decision) {
  const { status } = await askOnce("request:review", { id, decision });
  if (status === "matched") announceFriend(peer);
  else toast(`You declined ${peer.username}’s request. They won’t be notified.`, { action: viewing(peer) });
}

async function cancel({ id, peer }) {
  await ask("request:cancel", { id });
  toast(`Your request to ${peer.username} is cancelled.`, { action: viewing(peer) });
}

const ACTIONS = {
  in: [
    { label: "Accept", kind: "button slim", icon: CheckIcon, run: (request) => review(request, "accept") },
    { label: "Decline", kind: "button plain slim", run: (request) => review(request, "decline") },
  ],
  out: [{ label: "Cancel request", to: "to", kind: "button plain slim", run: cancel }],
};

/** The row; `remove(id)` takes it off the list. */
export function RequestRow({ request, box, remove }) {
  const [busy, setBusy] = useState(false);
  const act = async (run) => {
    if (busy) return;
    setBusy(true);
    try {
      await run(request);
      remove(request.id);
    } catch (error) {
      setBusy(false);
      toastError(error);
      if (error.code === "NOT_FOUND") remove(request.id);
    }
  };
  const buttons = ACTIONS[box].map(
    ({ label, to, kind, icon: Icon, run }) => html`<button key=${label} type="button" class=${kind}
      aria-label=${[label, to, request.peer.username].filter(Boolean).join(" ")} aria-disabled=${busy}
      onClick=${() => act(run)}>${Icon && html`<${Icon} size=${18} />`}${label}</button>`,
  );
  return html`<${Person} person=${request.peer} status=${() => html`<${When}
      at=${request.createdAt} />`} actions=${buttons}>
    ${request.note && html`<blockquote class="request-note">${request.note}</blockquote>`}
  <//>`;
}
