// Names and faces of members by id, as messages and lists have shown them.
const known = new Map();

/** Remembers a member. */
export function learn({ id, username, avatar, badges, tick }) {
  if (id && username) known.set(id, { id, username, avatar, badges, tick });
}

/** The name of a member, or a word for one not met yet. */
const nameOf = (id) => known.get(id)?.username ?? "somebody";

/** "Ana", "Ana and Bo", "Ana, Bo and 2 others" */
export function namesOf(ids, most = 2) {
  const names = ids.slice(0, most).map(nameOf);
  const rest = ids.length - names.length;
  if (rest > 0) return `${names.join(", ")} and ${rest} ${rest === 1 ? "other" : "others"}`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");
}
