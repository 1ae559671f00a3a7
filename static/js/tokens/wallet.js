// The wallet: the balance, and every change of it.
import { Empty, Title, Waiting, amount, html, useEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask } from "../kit/socket.js";
import { useAsked } from "../kit/use_ask.js";
import { session } from "../kit/session.js";
import { clock, day, dayKey, full } from "../kit/time.js";

const PAGE = 50;
const REASONS = {
  message: "Message",
  edit: "Edit",
  invitation: "Joined by invitation",
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

/** Calls back when the end of the list comes into sight. */
function End({ reached }) {
  const mark = useRef(null);
  useEffect(() => {
    const watch = new IntersectionObserver(([seen]) => seen.isIntersecting && reached(), { rootMargin: "400px" });
    watch.observe(mark.current);
    return () => watch.disconnect();
  }, [reached]);
  return html`<button type="button" class="button plain slim" ref=${mark} onClick=${reached}>Show more</button>`;
}

function usePages(data, setData) {
  const busy = useRef(false);
  const [error, setError] = useState(null);
  const more = async () => {
    if (busy.current) return;
    busy.current = true;
    try {
      const page = await ask("wallet:get", { cursor: data.next, limit: PAGE });
      setData({ ...page, entries: [...data.entries, ...page.entries] });
      setError(null);
    } catch (wrong) {
      setError(wrong);
    }
    busy.current = false;
  };
  return [more, error];
}

function Statement({ data, setData }) {
  const [more, error] = usePages(data, setData);
  if (!data.entries.length)
    return html`<${Empty} title="Nothing yet"><p>Say something in a room, and it stands here with its price.</p><//>`;
  return html`<table class="statement">
      <thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col" class="figure">Tokens</th><th
        scope="col" class="figure">Balance</th></tr></thead>
      ${byDay(data.entries).map(
        ({ key, at, entries }) => html`<tbody key=${key}>
        <tr class="statement-day"><th scope="rowgroup" colspan="4">${day(at)}</th></tr>
        ${entries.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} />`)}</tbody>`,
      )}
    </table>
    ${error && html`<p class="wrong" role="alert">${error.message}</p>`}
    ${data.next && html`<${End} reached=${more} />`}`;
}

/** The page of the member's tokens. */
export function Wallet() {
  const { balance, me } = useStore(session);
  const [data, error, , setData] = useAsked("wallet:get", { limit: PAGE });
  return html`<div class="page-body">
    <header class="page-head"><${Title}>Wallet<//>
      <p class="purse"><span class="date" data-testid="balance" data-value=${balance}>
        ${me ? amount(balance) : "–"}</span> <span class="soft">tokens</span></p>
      <p class="soft">A character in a room costs one token, whatever the script or emoji.</p></header>
    ${error && html`<p class="notice bad" role="alert">${error.message}</p>`}
    ${data ? html`<${Statement} data=${data} setData=${setData} />` : !error && html`<${Waiting}
      label="Loading your entries" />`}
  </div>`;
}
