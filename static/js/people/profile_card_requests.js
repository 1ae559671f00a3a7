// What one does from a profile card: the requests, with their sentences, behind its buttons.
import { ask, askOnce } from "../kit/socket.js";
import { takeBlock } from "../kit/profiles.js";
import { moment } from "../kit/time.js";
import { takeQuota } from "./deck_quota.js";
import { forgetNote } from "./note_form.js";

const PAGE = 50;
const MOST_PAGES = 20;

/** The request between the reader and a member in a box (`in` or `out`); null when it is not there any more. */
export async function findRequest(box, member) {
  let cursor = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, next } = await ask("request:list", { box, limit: PAGE, ...(cursor && { cursor }) });
    const found = items.find(({ peer }) => peer.id === member);
    if (found || !next) return found ?? null;
    cursor = next;
  }
  return null;
}

const GONE = "This request isn’t there any more.";

async function withRequest(box, member, run, known = null) {
  const request = known ?? (await findRequest(box, member.id));
  if (!request) return GONE;
  return run(request);
}

/** Asks a member to become friends; resolves with what to say. */
export async function askForFriendship(member, note) {
  try {
    const answer = await askOnce("swipe:send", { userId: member.id, dir: "right", ...(note && { note }) });
    takeQuota(answer);
    forgetNote(member.id, note);
    return saidOf(answer, member);
  } catch (error) {
    if (error.code === "QUOTA_EXCEEDED") takeQuota(error.details);
    throw error;
  }
}

const saidOf = ({ status }, member) =>
  status === "matched" ? `You and ${member.username} are friends now.` : "Request sent.";

/** Answers a member's request, which is looked for unless it is known. */
export const review = (member, decision, known) => {
  const answer = async ({ id }) => {
    await askOnce("request:review", { id, decision });
    return decision === "accept" ? `You and ${member.username} are friends now.` : "Request declined.";
  };
  return withRequest("in", member, answer, known);
};

/** Takes the reader's own request back. */
export const cancelRequest = (member) =>
  withRequest("out", member, async ({ id }) => {
    await ask("request:cancel", { id });
    return "Request cancelled.";
  });

/** Ends a friendship. */
export async function removeFriend(member) {
  await ask("friend:remove", { userId: member.id });
  return `You and ${member.username} aren’t friends any more.`;
}

/** Blocks a member. */
export async function block(member) {
  await ask("block:set", { userId: member.id, on: true });
  takeBlock({ userId: member.id, on: true });
}

/** The sentence for a failure; with the time at which a limit ends. */
export function failureOf({ message, details }) {
  return details?.resetsAt ? `${message} You can go on at ${moment(details.resetsAt)}.` : message;
}
