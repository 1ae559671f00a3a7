// The question of the day of a room, until it is answered or dismissed.
import { html } from "../kit/ui.js";
import { createStore, useStore } from "../kit/store.js";
import { read, write } from "../kit/local_storage.js";
import { memberKey } from "../kit/owner.js";
import { now, tick } from "../kit/time.js";
import { MessageCircleIcon, XIcon } from "../kit/icons.js";
import { streamOf } from "./message_store.js";

/* By stream: the question that the member is done with, and the day: `12 2026-05-17`. */
const done = createStore({});

const keyOf = (stream) => memberKey("question", stream);
const today = () => new Date(now()).toISOString().slice(0, 10);

/** What a stream's store keeps of a question: it is the same until midnight UTC. */
export const asToday = (question) => (question ? { ...question, day: today() } : null);

/** Hides a question for the day: it was dismissed, or is about to be answered. */
export function finishQuestion(stream, { id }) {
  const finished = `${id} ${today()}`;
  write(keyOf(stream), finished);
  done.set({ [stream]: finished });
}

/**
 * `{question, finished, expected}`: today's question of a stream or null, whether the member is done with it, and
 * whether there will be one that they are not done with.
 */
export function useQuestion(stream) {
  const kept = useStore(streamOf(stream), (state) => state.question);
  const finished = useStore(done, (state) => state[stream]) ?? read(keyOf(stream)) ?? "";
  const day = useStore(tick, today);
  const question = kept?.day === day ? kept : null;
  return { question, finished: finished === `${question?.id} ${day}`, expected: !finished.endsWith(day) };
}

/** The question above the composer: a button that begins an answer, and one that hides it for the day. */
export function QuestionChip({ stream, answer }) {
  const { question, finished, expected } = useQuestion(stream);
  const { messages, entered, followed } = useStore(streamOf(stream));
  const empty = (entered || followed) && messages.length === 0;
  // Its place is kept until the room has been entered, so that it moves neither the messages nor the composer.
  if (!entered && expected && !empty) return html`<div class="question-place" />`;
  if (!question || finished || empty) return null;
  return html`<div class="question" data-testid="question" role="group" aria-label="Question of the day">
    <button type="button" class="question-text" onClick=${() => answer(question)}>
      <${MessageCircleIcon} size=${18} /><span><span class="visually-hidden">Answer: </span>${question.text}</span>
    </button>
    <button type="button" class="icon-button" aria-label="Hide for today" title="Hide for today" onClick=${() => finishQuestion(stream, question)}>
      <${XIcon} size=${18} /></button>
  </div>`;
}
