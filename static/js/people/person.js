// A row of a list of people: face and name, which open the profile, and what is known of them in a few words.
import { Avatar, Badges, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { useMember } from "../kit/profiles.js";
import { relative, tick } from "../kit/time.js";
import { ProfileLink } from "./open_profile.js";

/** `Online`, `Last seen 5 minutes ago`, `Offline` */
export function PresenceText({ member: { online, lastSeen } }) {
  useStore(tick);
  if (online) return html`<span class="person-status" data-live>Online</span>`;
  return html`<span class="person-status">${lastSeen ? `Last seen ${relative(lastSeen)}` : "Offline"}</span>`;
}

/** `Ada King`, as far as it is known. */
export const fullName = ({ firstName, lastName }) => [firstName, lastName].filter(Boolean).join(" ");

/** The name in full, the age, the city; whatever of it is known. */
const factsOf = (member) => [fullName(member), member.age, member.city].filter(Boolean).join(" · ");

/**
 * The row of a member: `status(member)` draws what they do now, `children` stand below, and
 * `actions` at the end. With `linked={false}` the profile cannot be opened, because the two do not see each other.
 */
export function Person({ person, status, actions, children, linked = true }) {
  const known = useMember(person);
  const member = linked ? known : person;
  const face = html`<${Avatar} member=${member} presence=${linked} />`;
  const facts = factsOf(member);
  const name = html`<b translate=${false}>${member.username}</b>`;
  return html`<li class="person-row" data-testid="person">
    ${linked ? html`<${ProfileLink} member=${member} face class="person-face">${face}<//>` : face}
    <div class="person-text">
      <p class="person-title">${linked ? html`<${ProfileLink} member=${member}>${name}<//>` : name}
        <${Badges} member=${member} /></p>
      <p class="soft small person-facts">${status?.(member)}${" "}${facts && html`<span translate=${false}>${facts}</span>`}</p>
      ${children}
    </div>
    ${actions && html`<div class="person-actions">${actions}</div>`}
  </li>`;
}
