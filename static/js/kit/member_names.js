// A cache of members' names by id, filled from messages and lists.
const members = new Map();

/** Adds a member to the cache. */
export function rememberMember({ id, username }) {
  if (id && username) members.set(id, username);
}

/** The name of a member, or a word for one who is not in the cache. */
const nameOf = (id) => members.get(id) ?? "somebody";

/** "Ana", "Ana and Bo", "Ana, Bo and 2 others" */
export function namesOf(ids, max = 2) {
  const names = ids.slice(0, max).map(nameOf);
  const rest = ids.length - names.length;
  if (rest > 0) return `${names.join(", ")} and ${rest} ${rest === 1 ? "other" : "others"}`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");
}
