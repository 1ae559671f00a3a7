// What one can do on a profile card: become friends, answer or cancel a request, remove a friend, block, or edit.
import { html, useEffect, useRef, useState } from "../kit/ui.js";
import { BanIcon, CheckIcon, MessageCircleIcon, PencilIcon, UserPlusIcon, XIcon } from "../kit/icons.js";
import { addressOf } from "../kit/router.js";
import { toast } from "../kit/toast.js";
import { NoteForm } from "./note_form.js";
import { UserMinusIcon } from "./profile_icons.js";
import * as requests from "./profile_card_requests.js";
import { askToUnblock } from "./unblock.js";
import { openConversation } from "../conversations/open_conversation.js";

const IDLE = { busy: false, error: null, said: "" };

/** `{busy, error, said, run(action)}`: runs one action at a time, and keeps what came of it. `done()` is called then. */
function useAction(done) {
  const [state, setState] = useState(IDLE);
  const run = async (action) => {
    if (state.busy) return;
    setState({ ...IDLE, busy: true });
    try {
      setState({ ...IDLE, said: (await action()) ?? "" });
    } catch (error) {
      setState({ ...IDLE, error: requests.failureOf(error) });
    }
    done();
  };
  return { ...state, run };
}

function Button({ icon: Icon, kind = "", busy, run, children, ...rest }) {
  return html`<button type="button" class=${`button ${kind}`} aria-disabled=${busy} onClick=${run} ...${rest}>
    <${Icon} size=${18} />${children}</button>`;
}

/** A question in place of the buttons: what it means, and whether to go on. The focus moves to it. */
function Question({ text, label, icon, busy, run, cancel }) {
  const box = useRef(null);
  useEffect(() => box.current.focus(), []);
  return html`<div class="profile-question" role="group" aria-labelledby="profile-question" tabindex="-1" ref=${box}>
    <p id="profile-question">${text}</p>
    <div class="profile-buttons"><${Button} icon=${icon} kind="danger" busy=${busy} run=${run}>${label}<//>
      <button type="button" class="button plain" onClick=${cancel}>Cancel</button></div>
  </div>`;
}

/** The request with which a member has asked the reader; null until it is loaded. */
function useTheirRequest(member) {
  const [request, setRequest] = useState(null);
  useEffect(() => {
    setRequest(null);
    if (member.relation !== "pending") return undefined;
    let isShown = true;
    requests.findRequest("in", member.id).then(
      (found) => isShown && setRequest(found),
      (error) => console.debug("request not loaded", error.code),
    );
    return () => (isShown = false);
  }, [member.relation]);
  return request;
}

/** What there is to do, by what the member is to the reader. `open(name)` opens a question or the note. */
function Buttons({ member, request, busy, run, open }) {
  const { relation } = member;
  if (relation === "none") return html`<${Button} icon=${UserPlusIcon} run=${() => open("note")}>Add friend<//>`;
  if (relation === "requested")
    return html`<${Button} icon=${XIcon} kind="plain" busy=${busy}
      run=${() => run(() => requests.cancelRequest(member))}>Cancel request<//>`;
  if (relation === "pending")
    return html`<${Button} icon=${CheckIcon} busy=${busy} run=${() => run(() => requests.review(member, "accept", request))}>Accept<//>
      <${Button} icon=${XIcon} kind="plain" busy=${busy}
        run=${() => run(() => requests.review(member, "decline", request))}>Decline<//>`;
  return html`<${Button} icon=${MessageCircleIcon} busy=${busy} 
      run=${({ currentTarget }) => run(() => talk(member, currentTarget.closest("dialog")))}>Message<//>
    <${Button} icon=${UserMinusIcon} kind="plain" run=${() => open("remove")}>Remove friend<//>`;
}

/** Opens the conversation with a friend and closes the card. */
async function talk(member, card) {
  if (await openConversation(member)) card?.close();
}

const SENTENCES = {
  requested: ({ username }) => `You’ve asked ${username} to be friends.`,
  pending: ({ username }) => `${username} has asked to be friends.`,
  friend: ({ username }) => `You and ${username} are friends.`,
};

const REMOVING = ({ username }) =>
  `Remove ${username} from your friends? Nobody is told. You can still read your conversation, but neither of you can
  write in it, and you no longer see each other’s last name or when the other was last online.`;

const BLOCKING = ({ username }) =>
  `Block ${username}? You both disappear for each other everywhere, and friends stop being friends. ${username} isn’t
  told.`;

/** The buttons, or the question or form that one of them has opened. */
function Choices({ member, request, busy, run, leave }) {
  const [opened, open] = useState(null);
  const cancel = () => open(null);
  const asked = { member, busy, cancel };
  if (opened === "note")
    return html`<${NoteForm} ...${asked} label="Send request" send=${(note) => run(() => requests.askForFriendship(member, note))} />`;
  if (opened === "remove")
    return html`<${Question} ...${asked} text=${REMOVING(member)} label="Remove friend" icon=${UserMinusIcon}
      run=${() => run(() => requests.removeFriend(member))} />`;
  if (opened === "block")
    return html`<${Question} ...${asked} text=${BLOCKING(member)} label="Block" icon=${BanIcon}
      run=${() => run(() => requests.block(member).then(leave))} />`;
  return html`<div class="profile-buttons"><${Buttons} member=${member} request=${request} busy=${busy} run=${run} open=${open} />
    <button type="button" class="button plain quiet-danger" onClick=${() => open("block")}><${BanIcon}
      size=${18} />Block</button></div>`;
}

/* The address may be the page's own, and nothing changes then that would close the card. */
const closeCard = ({ currentTarget }) => currentTarget.closest("dialog")?.close();

/** The actions; `reload()` loads the profile again, `leave()` closes the card. */
export function ProfileActions({ member, reload, leave }) {
  const box = useRef(null);
  const request = useTheirRequest(member);
  const { busy, error, said, run } = useAction(() => {
    box.current?.focus(); // The button that was pressed goes.
    reload();
  });
  if (member.relation === "self")
    return html`<p class="profile-actions"><a class="button" href=${addressOf("profile")} onClick=${closeCard}><${PencilIcon}
      size=${18} />Edit profile</a></p>`;
  const away = () => {
    const unblock = { label: "Unblock", run: () => askToUnblock(member) };
    toast(`You’ve blocked ${member.username}.`, { action: unblock });
    leave();
  };
  const sentence = SENTENCES[member.relation]?.(member);
  return html`<section class="profile-actions" aria-label="You and this member" tabindex="-1" ref=${box}>
    ${sentence && html`<p class="soft">${sentence}</p>`}
    ${request?.note && html`<blockquote class="profile-their-note">${request.note}</blockquote>`}
    <${Choices} key=${member.relation} member=${member} request=${request} busy=${busy} run=${run} leave=${away} />
    ${error && html`<p class="wrong" role="alert">${error}</p>`}
    <p class="profile-said" role="status">${said}</p>
  </section>`;
}
