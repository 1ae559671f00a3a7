// The names of members by id, filled from messages and lists.
import { knownMember, takeMember } from "./profiles.js";

const ids = new Map();

/** Takes over what a message or a list says of a member. */
export function rememberMember(member) {
  if (!member.id || !member.username) return;
  takeMember(member);
  ids.set(member.username.toLowerCase(), member.id);
}

/** The id of the member with a name; undefined where nobody of that name is known here. */
export const idOfName = (name) => ids.get(name.toLowerCase());

/** The name of a member, or a word for one who is not known. */
const nameOf = (id) => knownMember(id).username ?? "somebody";

/** "Ana", "Ana and Bo", "Ana, Bo and 2 others" */
export function namesOf(members, max = 2) {
  const first = members.slice(0, max).map(nameOf);
  const rest = members.length - first.length;
  if (rest > 0) return `${first.join(", ")} and ${rest} ${rest === 1 ? "other" : "others"}`;
  return first.length > 1 ? `${first.slice(0, -1).join(", ")} and ${first.at(-1)}` : first.join("");
}
