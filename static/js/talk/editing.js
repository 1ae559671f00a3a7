// Editing a message: whether and how long one may, and saving it.
import { html, useEffect, useState } from "../kit/ui.js";
import { askOnce } from "../kit/socket.js";
import { session, setBalance } from "../kit/session.js";
import { now } from "../kit/time.js";
import { toastError } from "../kit/toast.js";
import { applyChange } from "./message_store.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long a message can still be edited, in ms. */
const timeLeft = (message, limits) => Date.parse(message.createdAt) + limits.editSeconds * SECOND - now();

/** Whether the member may still edit a message. */
export const isEditable = (message, { me, limits }) =>
  message.from.id === me?.id && !message.deleted && timeLeft(message, limits) > 0;

/** How long the message can still be edited; renders again in time. */
export function useTimeLeft(message) {
  const [, rerender] = useState(0);
  const left = message ? timeLeft(message, session.get().limits) : 0;
  useEffect(() => {
    if (!message || left <= 0) return undefined;
    const next = left <= MINUTE ? SECOND : Math.min(SECOND + (left % MINUTE), MINUTE);
    const timer = setTimeout(() => rerender((count) => count + 1), next);
    return () => clearTimeout(timer);
  });
  return left;
}

/** "3 min left to edit", or that the time is over. */
export function TimeLeft({ left }) {
  if (left <= 0) return html`<span class="time-left over" role="status">The time to edit is over. Copy your text to send
    it as a new message.</span>`;
  const text = left < MINUTE ? "Less than a minute" : `${Math.floor(left / MINUTE)} min`;
  return html`<span class="time-left">${text} left to edit</span>`;
}

/** Saves an edit; whether that worked. */
export async function saveEdit(message, body) {
  try {
    const answer = await askOnce("message:edit", { id: message.id, body });
    applyChange({ stream: message.stream, id: message.id, body: answer.message.body, editedAt: answer.message.editedAt });
    setBalance(answer.balance);
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}
