// The entries of a wallet by day, and within a day by the conversation in which tokens were spent.
import { count } from "../kit/ui.js";
import { dayKey } from "../kit/time.js";

const KINDS = [
  ["message", "message"],
  ["edit", "edit"],
];

/**
 * The days of a list of entries, newest first: `{key, at, groups}`. A group is `{stream, entries}`; an entry without a
 * stream is a group of its own, with `stream: null`.
 */
export function byDay(entries) {
  const days = [];
  for (const entry of entries) {
    const key = dayKey(entry.at);
    if (days.at(-1)?.key !== key) days.push({ key, at: entry.at, groups: [] });
    add(days.at(-1).groups, entry);
  }
  return days;
}

function add(groups, entry) {
  const stream = entry.stream ?? null;
  const group = stream && groups.find((each) => each.stream === stream);
  if (group) group.entries.push(entry);
  else groups.push({ stream, entries: [entry] });
}

/** The sum of the changes. */
export const deltaOf = (entries) => entries.reduce((sum, { delta }) => sum + delta, 0);

/** "12 messages, 1 edit" */
export function summaryOf(entries) {
  const counted = KINDS.map(([reason, word]) => [entries.filter((entry) => entry.reason === reason).length, word]);
  return counted.filter(([number]) => number).map(([number, word]) => count(number, word)).join(", ");
}
