// What stands above a room's messages: its header, what the room is, and what to do in an empty one.
import { Title, amount, html } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { ArrowLeftIcon, MessageCircleIcon, UsersIcon } from "../kit/icons.js";
import { streamOf } from "./message_store.js";
import { DateLabel, inWords, membersOf, visitedMembersOf } from "./labels.js";
import { useParts } from "./parts.js";
import { useQuestion } from "./question.js";
import { useRoomInfo } from "./room_info.js";

/** Members of a room below which it says so, and names a larger one. */
const SMALL = 5;

/** Messages up to which the date is shown large. */
const SHORT = 8;

/** "2 online", without the reader. */
const onlineText = ({ others, own }) =>
  others ? `${amount(others)} online` : own ? "Nobody else online" : "Nobody online";

/** The header: the label, the date in words, and how many others are online. */
export function Head({ label, openMembers, wide }) {
  const info = useRoomInfo(label);
  const { others } = info;
  const text = others === undefined ? "" : onlineText(info);
  return html`<header class="room-head">
    <a class="icon-button back" href="#/" aria-label="Back to your rooms"><${ArrowLeftIcon} /></a>
    <div class="room-title"><${Title}><${DateLabel} label=${label} /><//>
      <p class="room-words soft">${inWords(label, { brief: !wide })}</p></div>
    ${
      wide
        ? html`<p class="room-count soft" data-live>${text}</p>`
        : html`<button type="button" class="room-count" aria-haspopup="dialog" aria-label=${
            text ? `Members, ${text}` : "Members"
          } onClick=${openMembers}><${UsersIcon} size=${18} />${
            others ? html`<span data-live>${amount(others)} online</span>` : "Members"
          }
          </button>`
    }
  </header>`;
}

/** What an empty room offers: the question of the day. */
function EmptyRoom({ stream, answer }) {
  const { question } = useQuestion(stream);
  return html`<div class="room-empty" data-testid="room-empty">
    <p class="soft">Nobody has written anything today. ${question ? "Start with today’s question:" : "Say hello."}</p>
    ${
      question &&
      html`<p class="room-question"><${MessageCircleIcon} size=${20} />${question.text}</p>
      <p><button type="button" class="button" onClick=${() => answer(question)}>Answer it</button></p>`
    }
  </div>`;
}

/** Whether a stream had messages that have expired; its oldest one is loaded. */
const hasExpired = ({ messages, last, head }) => (messages.length ? messages[0].seq > 1 : Math.max(last, head) > 0);

/** What stands before the first message. `answer(question)` puts a question into the composer. */
export function Introduction({ label, stream, answer }) {
  const { own, members } = useRoomInfo(label);
  const { SmallRoom } = useParts();
  const shown = useStore(streamOf(stream), (state) => state.messages.length);
  const expired = useStore(streamOf(stream), hasExpired);
  const hours = useStore(session, (state) => state.limits.keepHours);
  return html`<header class="room-top">
    ${shown <= SHORT && html`<p class="room-date" aria-hidden="true"><${DateLabel} label=${label} /></p>`}
    <p>This room is for ${own ? membersOf(label) : visitedMembersOf(label)}.${" "}
      <span class="soft">Messages disappear after ${hours} hours.</span></p>
    ${own && members < SMALL && html`<p class="room-small">${
      SmallRoom && html`<${SmallRoom} label=${label} members=${members} />`
    }</p>`}
    ${shown === 0 && html`<${EmptyRoom} stream=${stream} answer=${answer} />`}
    ${expired && shown > 0 && html`<p class="room-start">Earlier messages are gone.</p>`}
  </header>`;
}

/** In place of a room that could not be opened. */
export function Failure({ error }) {
  return html`<div class="page-body"><header class="page-head"><${Title}>
    ${error.code === "FORBIDDEN" ? "This room belongs to another day" : "This room couldn’t be opened"}<//>
    <p class="soft">${error.message}</p></header>
    <p><a class="button" href="#/">Back to your rooms</a></p></div>`;
}
