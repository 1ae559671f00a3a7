// The requests in one of the member's boxes, `in` or `out`, kept up to date while they are shown.
import { useEffect, useRef } from "../kit/ui.js";
import { usePaged } from "../kit/paging.js";
import { useEvent } from "../kit/use_event.js";
import { askQuietly } from "../kit/socket.js";
import { rememberMember } from "../kit/member_names.js";

const NEWEST = 10;

/** What the other one is to the member while a request is in that box. */
const RELATIONS = { in: "pending", out: "requested" };

/** A function that runs once more when it was called while it ran. */
function coalesced(run) {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await run();
    }
    running = false;
  };
}

/** The list, as `usePaged` has it. */
export function useRequestBox(box) {
  const list = usePaged("request:list", { box }, { limit: 20 });
  const latest = useRef(list);
  latest.current = list;
  const removed = useRef(new Set()); // Since the newest were asked for: an answer that still has one is older.
  const remove = (id) => {
    removed.current.add(id);
    list.remove(id);
  };
  const takeNewest = useRef(null);
  takeNewest.current ??= coalesced(async () => {
    removed.current.clear();
    const page = await askQuietly("request:list", { box, limit: NEWEST });
    const there = page?.items.filter(({ id }) => !removed.current.has(id)) ?? [];
    there.reverse().forEach((item) => latest.current.insert(item));
  });
  useEvent("request:changed", ({ id, status, peer }) => {
    // The event has neither the note nor the time.
    if (status === "pending" && peer.relation === RELATIONS[box]) takeNewest.current();
    else remove(id);
  });
  useEffect(() => {
    list.items?.forEach(({ peer }) => rememberMember(peer));
  }, [list.items]);
  return { ...list, remove };
}
