// The line that says who is typing in a stream.
import { Avatar, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { namesOf } from "../kit/member_names.js";
import { useMember } from "../kit/profiles.js";
import { typing } from "./live_messages.js";

function TypingFace({ id }) {
  const member = useMember({ id });
  return member.username && html`<${Avatar} member=${member} size="xs" />`;
}

/** The names of those who are typing; drawn again when one of them becomes known. */
function TypingNames({ ids }) {
  useMember(ids[0] && { id: ids[0] });
  useMember(ids[1] && { id: ids[1] });
  return namesOf(ids);
}

/** The line; empty while nobody types. */
export function TypingLine({ stream }) {
  const ids = useStore(typing, (state) => state[stream]) ?? [];
  return html`<p class="typing" data-testid="typing" aria-live="off">${
    ids.length > 0 && html`${ids.slice(0, 3).map((id) => html`<${TypingFace} key=${id} id=${id} />`)}<i aria-hidden="true" /><span><span translate=${false}><${TypingNames} ids=${ids} /></span>${
      ids.length > 1 ? " are typing …" : " is typing …"
    }</span>`
  }</p>`;
}
