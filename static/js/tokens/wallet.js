// The wallet page: the balance, the way to the invitations, and every change of the balance by day and room.
import { Empty, Skeleton, Title, amount, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { More, usePaged } from "../kit/paging.js";
import { session } from "../kit/session.js";
import { labelOf } from "../kit/stream_names.js";
import { clock, day, full } from "../kit/time.js";
import { ChevronDownIcon } from "../kit/icons.js";
import { inWords } from "../talk/labels.js";
import { byDay, deltaOf, summaryOf } from "./ledger.js";

const REASONS = {
  message: "Message",
  edit: "Edit",
  invitation: "Joined by invitation",
  referral: "Invitation bonus",
  grant: "Bonus",
  refund: "Refund",
  capsule: "Time capsule",
};

const signed = (delta) => `${delta < 0 ? "−" : "+"}${amount(Math.abs(delta))}`;
const Delta = ({ delta }) => html`<span class=${delta > 0 ? "figure gain" : "figure"}>${signed(delta)}</span>`;

function Entry({ entry }) {
  return html`<li class="entry"><time dateTime=${entry.at} title=${full(entry.at)}>${clock(entry.at)}</time>
    <span class="entry-what">${REASONS[entry.reason] ?? entry.reason}</span><${Delta} delta=${entry.delta} />
    <span class="figure soft entry-balance"><span class="visually-hidden">balance </span>${amount(entry.balance)}</span>
  </li>`;
}

/** What was paid in one conversation on one day; opens to its entries. */
function Group({ group }) {
  const label = labelOf(group.stream);
  return html`<li><details class="ledger-group"><summary>
      <span class="entry-what"><b translate=${false}>${label ?? "Conversation"}</b>
        <span class="soft small">${label && `${inWords(label)}, `}${summaryOf(group.entries)}</span></span>
      <${Delta} delta=${deltaOf(group.entries)} /><${ChevronDownIcon} size=${18} /></summary>
    <ul>${group.entries.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} />`)}</ul>
  </details></li>`;
}

function Statement({ list }) {
  if (!list.items.length)
    return html`<${Empty} title="Nothing here yet"><p>What you write in rooms appears here with its price.</p><//>`;
  return html`<section aria-label="Changes">${byDay(list.items).map(
    ({ key, at, groups }) => html`<div key=${key} class="ledger-day"><h2>${day(at)}</h2>
      <ul>${groups.map((group) =>
        group.stream
          ? html`<${Group} key=${group.stream} group=${group} />`
          : html`<${Entry} key=${group.entries[0].id} entry=${group.entries[0]} />`,
      )}</ul></div>`,
  )}</section>
  <${More} list=${list} />`;
}

/** The page of the member's tokens. */
export default function Wallet() {
  const { balance, me } = useStore(session);
  const list = usePaged("wallet:get", {}, { field: "entries" });
  return html`<div class="page-body wallet">
    <header class="page-head"><${Title}>Wallet<//>
      <p class="wallet-balance"><span class="date" translate=${false}><span data-testid="balance"
        data-value=${balance}>${me ? amount(balance) : "–"}</span></span> <span class="soft">tokens</span></p>
      <p class="soft">Each character costs 1 token. Some emoji and accents count as more than one.</p></header>
    <section aria-labelledby="more-tokens"><h2 class="display" id="more-tokens">Bring someone along</h2>
      <p class="soft">If there’s a bonus for it, your invitations say so.</p>
      <p><a class="button plain" href="#/invitations">Invite someone</a></p></section>
    ${list.items ? html`<${Statement} list=${list} />` : list.error ? html`<${More} list=${list} />` : html`<${Skeleton}
      label="Loading your entries" />`}
  </div>`;
}
