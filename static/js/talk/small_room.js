// What a room with few members says of them, and the larger room that it leads to.
import { count, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { addressOf } from "../kit/router.js";

/** The room of everybody born in the same week, where it is another and has more people. */
function WeekRoom({ label, members }) {
  const more = useStore(session, (state) => state.more);
  const week = more.find((room) => room.kind === "week" && room.label !== label && room.members > members);
  if (!week) return html`<a href="#/invitations">Invite someone born then</a>`;
  return html`${count(week.members, "person was", "people were")} born in the same week: ${" "}
    <a href=${addressOf("room", week.label)} translate=${false}>${week.label} →</a>`;
}

/** What is said in a room with few members. */
export function SmallRoom({ label, members }) {
  return html`${
    members > 1 ? `Only ${members} people are here so far.` : "You’re the first one here."
  } ${" "}<${WeekRoom} label=${label} members=${members} />`;
}
