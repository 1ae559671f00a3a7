// The wallet page: the balance, and every change of it.
import { Empty, Skeleton, Title, amount, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { More, usePaged } from "../kit/paging.js";
import { session } from "../kit/session.js";
import { clock, day, dayKey, full } from "../kit/time.js";

const REASONS = {
  message: "Message",
  edit: "Edit",
  invitation: "Joined by invitation",
  referral: "Invitation bonus",
  grant: "Gift from the house",
  refund: "Given back",
  capsule: "Time capsule",
};

const signed = (delta) => `${delta < 0 ? "−" : "+"}${amount(Math.abs(delta))}`;

function Entry({ entry }) {
  return html`<tr>
    <td><time dateTime=${entry.at} title=${full(entry.at)}>${clock(entry.at)}</time></td>
    <td>${REASONS[entry.reason] ?? entry.reason}</td>
    <td class=${entry.delta > 0 ? "figure gain" : "figure"}>${signed(entry.delta)}</td>
    <td class="figure soft">${amount(entry.balance)}</td>
  </tr>`;
}

function byDay(entries) {
  const days = [];
  for (const entry of entries) {
    if (days.at(-1)?.key !== dayKey(entry.at)) days.push({ key: dayKey(entry.at), at: entry.at, entries: [] });
    days.at(-1).entries.push(entry);
  }
  return days;
}

function Statement({ list }) {
  if (!list.items.length)
    return html`<${Empty} title="Nothing yet"><p>Say something in a room, and it stands here with its price.</p><//>`;
  return html`<table class="statement">
      <thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col" class="figure">Tokens</th><th
        scope="col" class="figure">Balance</th></tr></thead>
      ${byDay(list.items).map(
        ({ key, at, entries }) => html`<tbody key=${key}>
        <tr class="statement-day"><th scope="rowgroup" colspan="4">${day(at)}</th></tr>
        ${entries.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} />`)}</tbody>`,
      )}
    </table>
    <${More} list=${list} />`;
}

/** The page of the member's tokens. */
export default function Wallet() {
  const { balance, me } = useStore(session);
  const list = usePaged("wallet:get", {}, { field: "entries" });
  return html`<div class="page-body">
    <header class="page-head"><${Title}>Wallet<//>
      <p class="wallet-balance"><span class="date" data-testid="balance" data-value=${balance}>
        ${me ? amount(balance) : "–"}</span> <span class="soft">tokens</span></p>
      <p class="soft">A character in a room costs one token, whatever the script or emoji.</p></header>
    ${list.items ? html`<${Statement} list=${list} />` : list.error ? html`<${More} list=${list} />` : html`<${Skeleton}
      label="Loading your entries" />`}
  </div>`;
}
