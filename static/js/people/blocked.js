// The page of blocked people: whom the member has blocked, and unblocking them.
import { Empty, Skeleton, Title, html, useEffect, useRef } from "../kit/ui.js";
import { More, usePaged } from "../kit/paging.js";
import { onBlocking } from "../kit/profiles.js";
import { useListFocus } from "../kit/use_list_focus.js";
import { Person } from "./person.js";
import { askToUnblock } from "./unblock.js";

function Unblock({ person }) {
  return html`<button type="button" class="button plain slim" aria-label=${`Unblock ${person.username}`}
    aria-haspopup="dialog" onClick=${() => askToUnblock(person)}>Unblock</button>`;
}

function List({ list }) {
  const rows = useListFocus(list.items);
  if (!list.items && list.error) return html`<${More} list=${list} />`;
  if (!list.items) return html`<${Skeleton} label="Loading blocked people" />`;
  if (!list.items.length && !list.next)
    return html`<${Empty} title="You haven’t blocked anybody"><p>If somebody bothers you, open their profile and choose
      Block. You won’t see each other anywhere any more.</p><a class="button plain" href="#/">Go to your rooms</a><//>`;
  return html`<ul class="person-rows" ref=${rows} aria-label="Blocked people">${list.items.map(
    (person) => html`<${Person} key=${person.id} person=${person} linked=${false}
      actions=${html`<${Unblock} person=${person} />`} />`,
  )}</ul><${More} list=${list} />`;
}

/** The page. */
export default function Blocked() {
  const list = usePaged("block:list");
  const latest = useRef(list);
  latest.current = list;
  useEffect(
    () => onBlocking(({ userId, on }) => (on ? latest.current.reload() : latest.current.remove(userId))),
    [],
  );
  return html`<div class="page-body blocked">
    <header class="page-head"><${Title}>Blocked people<//>
      <p class="soft">You don’t see them anywhere, and they don’t see you.</p></header>
    <${List} list=${list} />
  </div>`;
}
