// The settings of a group: its name, who is in it, adding and removing members, and leaving it.
import { Avatar, Badges, count, html, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { ask, askOnce } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { useMember } from "../kit/profiles.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { ConfirmDialog } from "../kit/confirm_dialog.js";
import { addressOf } from "../kit/router.js";
import { toast, toastError } from "../kit/toast.js";
import { ArrowLeftIcon, LogOutIcon, UserPlusIcon } from "../kit/icons.js";
import { ProfileLink } from "../people/open_profile.js";
import { UserMinusIcon } from "../people/profile_icons.js";
import { FriendFace, FriendPicker } from "./friend_picker.js";
import { dropConversation, takeGroup } from "./known_conversations.js";

const MOST_MEMBERS = 50;
const MOST_LETTERS = 60;

/** Runs an event that changes a group and answers with it; whether that worked. */
async function change(event, payload) {
  try {
    const { group } = await askOnce(event, payload);
    takeGroup(group);
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}

function Rename({ group }) {
  const [name, setName] = useState(group.name);
  const changed = name.trim() && name.trim() !== group.name;
  const save = async (event) => {
    event.preventDefault();
    if (changed && (await change("group:update", { id: group.id, name: name.trim() }))) toast("Group renamed.");
  };
  return html`<form class="group-rename" onSubmit=${save}><div class="field"><label for="group-name">Name</label>
    <input class="input" id="group-name" value=${name} maxlength=${MOST_LETTERS} autocomplete="off"
      onInput=${(event) => setName(event.target.value)} /></div>
    <button type="submit" class="button plain" aria-disabled=${!changed}>Rename</button></form>`;
}

/** The button that removes a member, after a question. */
function Remove({ group, member }) {
  const [asking, setAsking] = useState(false);
  const { id, username } = member;
  const remove = async () => {
    if (await change("group:remove", { id: group.id, userId: id })) toast(`${username} isn’t in the group any more.`);
  };
  return html`<button type="button" class="icon-button" aria-label=${`Remove ${username} from the group`} title="Remove"
      aria-haspopup="dialog" onClick=${() => setAsking(true)}><${UserMinusIcon} /></button>
    ${
      asking &&
      html`<${ConfirmDialog} title=${`Remove ${username} from the group?`} label="Remove" run=${remove} close=${() => setAsking(false)}>
        <p>${username} can no longer read or write in ${group.name}. What ${username} wrote stays.</p><//>`
    }`;
}

function Member({ group, person, mayRemove }) {
  const member = useMember(person);
  const facts = [member.relation === "self" && "you", member.id === group.owner && "owner"].filter(Boolean);
  return html`<li class="group-member"><${ProfileLink} member=${member} class="person person-link">
      <${Avatar} member=${member} presence=${true} /><span class="person-name"><span translate=${false}>${member.username}</span><${Badges} member=${member} />
        ${facts.length > 0 && html`<span class="soft small">${facts.join(" · ")}</span>`}</span><//>
    ${mayRemove && html`<${Remove} group=${group} member=${member} />`}</li>`;
}

/** What leaving means: who owns the group then, or that it ends. */
function aboutLeaving(group, me) {
  const others = group.members.filter(({ id }) => id !== me);
  if (!others.length) return "You’re the last one in it, so the group ends and its messages are deleted.";
  if (group.owner !== me) return "You won’t be able to read or write in it any more. Somebody in it can add you again.";
  return `You won’t be able to read or write in it any more. ${others[0].username}, who has been in it longest, becomes its owner.`;
}

function Leave({ group, me, done }) {
  const [asking, setAsking] = useState(false);
  const leave = async () => {
    try {
      await ask("group:leave", { id: group.id });
      done();
      location.hash = addressOf("messages");
      dropConversation(group.stream);
      toast(`You’ve left ${group.name}.`);
    } catch (error) {
      toastError(error);
    }
  };
  return html`<button type="button" class="button plain quiet-danger" aria-haspopup="dialog" onClick=${() => setAsking(true)}><${LogOutIcon}
      size=${18} />Leave group</button>
    ${
      asking &&
      html`<${ConfirmDialog} title=${`Leave ${group.name}?`} label="Leave" run=${leave} close=${() => setAsking(false)}>
        <p>${aboutLeaving(group, me)}</p><//>`
    }`;
}

function AddFriend({ group, back }) {
  const add = async (friend) => {
    if (!(await change("group:add", { id: group.id, userId: friend.id }))) return;
    toast(`${friend.username} is in the group now.`);
    back();
  };
  return html`<header class="panel-head"><button type="button" class="icon-button" aria-label="Back to the group" onClick=${back}><${ArrowLeftIcon} /></button>
      <h2 class="display" id="group-settings">Add a friend</h2><${CloseButton} /></header>
    <p class="soft small">They see what’s said from now on.</p>
    <${FriendPicker} without=${new Set(group.members.map(({ id }) => id))} row=${(friend) => html`<button type="button"
      class="friend-choice" onClick=${() => add(friend)}><${FriendFace} friend=${friend} /></button>`} />`;
}

function Overview({ group, me, add, done }) {
  const owns = group.owner === me;
  return html`<header class="panel-head"><h2 class="display" id="group-settings" translate=${false}>${group.name}</h2><${CloseButton} /></header>
    ${owns && html`<${Rename} key=${group.name} group=${group} />`}
    <section class="group-members" aria-labelledby="group-members"><h3 id="group-members">${count(group.members.length, "member")}</h3>
      <ul>${group.members.map((person) => html`<${Member} key=${person.id} group=${group} person=${person}
        mayRemove=${owns && person.id !== me} />`)}</ul></section>
    <footer class="row-actions">
      ${
        group.members.length < MOST_MEMBERS &&
        html`<button type="button" class="button" onClick=${add}><${UserPlusIcon} size=${18} />Add a friend</button>`
      }
      <${Leave} group=${group} me=${me} done=${done} />
    </footer>`;
}

/** The dialog. */
export default function GroupSettings({ group, close }) {
  const me = useStore(session, (state) => state.me?.id);
  const [adding, setAdding] = useState(false);
  const dialog = useRef(null);
  return html`<${Dialog} class="bottom-sheet picker-dialog" box=${dialog} aria-labelledby="group-settings" onClose=${close}>
    <div class="picker-inside">${
      adding
        ? html`<${AddFriend} group=${group} back=${() => setAdding(false)} />`
        : html`<${Overview} group=${group} me=${me} add=${() => setAdding(true)} done=${() => dialog.current?.close()} />`
    }</div>
  <//>`;
}
