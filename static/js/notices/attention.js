// What waits for the member, as one number: in the document's title, and on the icon of the installed application.
import { useEffect } from "../kit/ui.js";
import { unread, unreadTotal } from "../kit/unread.js";
import { waiting, waitingCount } from "../people/waiting_requests.js";
import { notices } from "./unread_notices.js";

const sources = [unread, waiting, notices];

/** Unread messages and notices. A request has a notice; once that is read, the request still waits for an answer. */
const waitingNumber = () =>
  unreadTotal(unread.get()) + Math.max(waitingCount(waiting.get()), notices.get().unread);

function showOnIcon(number) {
  // Only an installed application has an icon; elsewhere browsers refuse.
  navigator.setAppBadge?.(number).catch((error) => console.debug("no badge", error.name));
}

/** Keeps the number beside the title of a page. */
export function useDocumentTitle(title) {
  useEffect(() => {
    const update = () => {
      const number = waitingNumber();
      document.title = `${number ? `(${number}) ` : ""}${title} · Konektor`;
    };
    update();
    const ends = sources.map((source) => source.subscribe(update));
    return () => ends.forEach((end) => end());
  }, [title]);
}

/** Keeps the number on the icon. */
export function followAttention() {
  let shown = 0;
  const update = () => {
    const number = waitingNumber();
    if (number !== shown) showOnIcon(number);
    shown = number;
  };
  for (const source of sources) source.subscribe(update);
}
