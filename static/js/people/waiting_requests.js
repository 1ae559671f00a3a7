// The number of requests that wait for the member's answer, in the navigation and in the document's title.
import { html } from "../kit/ui.js";
import { createStore, useStore } from "../kit/store.js";
import { askQuietly, on } from "../kit/socket.js";
import { onHello } from "../kit/session.js";

const MOST = 9;

/** `ids` of the newest of them; `more` when there are others. */
export const waiting = createStore({ ids: [], more: false });

/** How many there are, as far as that is known: 10 stands for all larger numbers. */
export const waitingCount = ({ ids, more }) => (more ? MOST + 1 : ids.length);

/** `3`, `9+` */
const upToNine = (number) => (number > MOST ? `${MOST}+` : String(number));

function take(ids, more) {
  waiting.set({ ids: ids.slice(0, MOST), more: more || ids.length > MOST });
}

async function load() {
  const page = await askQuietly("request:list", { box: "in", limit: MOST });
  if (page) take(page.items.map(({ id }) => id), Boolean(page.next));
}

function onChange({ id, status, peer }) {
  const { ids, more } = waiting.get();
  const others = ids.filter((each) => each !== id);
  if (status === "pending" && peer.relation === "pending") take([id, ...others], more);
  else if (more) load(); // One of those that are not known here takes its place.
  else take(others, false);
}

/** Follows them: requested on each connection, without delaying it, and afterwards as they change. */
export function followRequests() {
  onHello(() => void load());
  on("request:changed", onChange);
}

/** Their number, as the badge of a link. */
export function WaitingRequests() {
  const number = useStore(waiting, waitingCount);
  if (!number) return null;
  return html`<span class="unread" data-testid="waiting">${upToNine(number)}<span class="visually-hidden">${
    number === 1 ? " request" : " requests"
  }</span></span>`;
}
