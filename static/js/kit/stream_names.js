// Names of streams: `r:<label>` for a room, `d:<24 hex>` for a direct conversation, `g:<24 hex>` for a group.
const KINDS = { r: "room", d: "direct", g: "group" };
const NAME = /^(?:(r):(\d{4}-\d\d-\d\d|\d\d-\d\d|\d{4}-W\d\d|\d{4})|([dg]):([0-9a-f]{24}))$/;

/** The stream of a room. */
export const roomStream = (label) => `r:${label}`;

/** `{kind: "room" | "direct" | "group", key}`, where `key` is the label or the id; null for any other text. */
export function parseStream(name) {
  const [, room, label, prefix, id] = NAME.exec(name) ?? [];
  if (room) return { kind: KINDS[room], key: label };
  return prefix ? { kind: KINDS[prefix], key: id } : null;
}

/** Whether a stream is a direct conversation or a group. */
export const isPrivate = (name) => ["direct", "group"].includes(parseStream(name)?.kind);

/** The room label of a stream, or null when the stream is not a room. */
export function labelOf(name) {
  const stream = parseStream(name);
  return stream?.kind === "room" ? stream.key : null;
}
