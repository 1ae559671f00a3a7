// A cache of members' names by id, filled from messages and lists.
const members = new Map();
const names = new Set();

/** Adds a member to the cache. */
export function rememberMember({ id, username }) {
  if (!id || !username) return;
  members.set(id, username);
  names.add(username.toLowerCase());
}

/** Whether a name is that of a member who is known here. */
export const isKnownName = (name) => names.has(name.toLowerCase());

/** The name of a member, or a word for one who is not in the cache. */
const nameOf = (id) => members.get(id) ?? "somebody";

/** "Ana", "Ana and Bo", "Ana, Bo and 2 others" */
export function namesOf(ids, max = 2) {
  const first = ids.slice(0, max).map(nameOf);
  const rest = ids.length - first.length;
  if (rest > 0) return `${first.join(", ")} and ${rest} ${rest === 1 ? "other" : "others"}`;
  return first.length > 1 ? `${first.slice(0, -1).join(", ")} and ${first.at(-1)}` : first.join("");
}
