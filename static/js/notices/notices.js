// The notices page: what happened that concerns the member, the newest first; what is seen counts as read.
import { Empty, Skeleton, Title, html, useEffect, useState } from "../kit/ui.js";
import { More, usePaged } from "../kit/paging.js";
import { askQuietly, connection, isOnline } from "../kit/socket.js";
import { useStore } from "../kit/store.js";
import { useEvent } from "../kit/use_event.js";
import { isComposing } from "../kit/keys.js";
import { now } from "../kit/time.js";
import { NoticeRow } from "./notice_row.js";
import { takeUnread } from "./unread_notices.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** `[list, isFresh]`: the notices, and whether one is new on this visit and was not read on another device. */
function useNotices() {
  const list = usePaged("notice:list", {}, { limit: 20, copied: true });
  const [readElsewhere, setRead] = useState(new Set());
  useEvent("notice:new", ({ id, kind, params }) =>
    list.insert({ id, kind, params, createdAt: new Date(now()).toISOString(), read: false }),
  );
  useEvent("notice:read", ({ upTo, withdrawn }) => {
    if (withdrawn) list.remove(withdrawn);
    const at = list.items?.findIndex(({ id }) => id === upTo) ?? -1;
    if (at >= 0) setRead(new Set(list.items.slice(at).map(({ id }) => id)));
  });
  return [list, ({ id, read }) => !read && !readElsewhere.has(id)];
}

/** Marks the notices as read while they are in sight. */
function useReading(newest) {
  const online = useStore(connection, isOnline);
  const unread = newest && !newest.read ? newest.id : null;
  useEffect(() => {
    const read = async () => {
      if (!unread || !online || document.visibilityState !== "visible") return;
      document.removeEventListener("visibilitychange", read);
      const answer = await askQuietly("notice:read", { upTo: unread });
      if (answer) takeUnread(answer.unread);
    };
    document.addEventListener("visibilitychange", read);
    read();
    return () => document.removeEventListener("visibilitychange", read);
  }, [unread, online]);
}

/** The arrow keys step from notice to notice. */
function onKeyDown(event) {
  const step = STEPS[event.key];
  if (!step || isComposing(event) || event.altKey || event.ctrlKey || event.metaKey) return;
  const links = [...event.currentTarget.querySelectorAll(".notice-about")];
  const at = links.findIndex((link) => link.closest("li").contains(document.activeElement));
  const next = links[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function List({ list, isFresh }) {
  const { items, next, error } = list;
  if (!items && error) return html`<${More} list=${list} />`;
  if (!items) return html`<${Skeleton} label="Loading your notices" />`;
  if (!items.length && !next)
    return html`<${Empty} title="Nothing yet"><p>When somebody mentions you, replies to you or would like to be your
      friend, you read it here.</p><//>`;
  return html`<ul class="notice-rows" aria-label="Notices" onKeyDown=${onKeyDown}>${items.map(
    (notice) => html`<${NoticeRow} key=${notice.id} notice=${notice} fresh=${isFresh(notice)} />`,
  )}</ul><${More} list=${list} />`;
}

/** The page. */
export default function Notices() {
  const [list, isFresh] = useNotices();
  useReading(list.items?.[0]);
  return html`<div class="page-body notices">
    <header class="page-head"><${Title}>Notices<//></header>
    <${List} list=${list} isFresh=${isFresh} />
  </div>`;
}
