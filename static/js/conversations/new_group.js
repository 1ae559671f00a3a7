// The dialog that makes a group: its name, and which friends are in it.
import { count, html, useRef, useState } from "../kit/ui.js";
import { askOnce } from "../kit/socket.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { addressOf } from "../kit/router.js";
import { XIcon } from "../kit/icons.js";
import { FriendFace, FriendPicker } from "./friend_picker.js";
import { takeGroup } from "./known_conversations.js";

const MOST_FRIENDS = 49;
const MOST_LETTERS = 60;

function Chosen({ friends, toggle }) {
  if (!friends.length) return null;
  return html`<ul class="chosen-friends" aria-label="In the group">${friends.map(
    (friend) => html`<li key=${friend.id}><button type="button" class="tag" aria-label=${`Leave out ${friend.username}`}
      onClick=${() => toggle(friend)}><span translate=${false}>${friend.username}</span><${XIcon} size=${14} /></button></li>`,
  )}</ul>`;
}

/** What is missing before the group can be made; empty when nothing is. */
function missing(name, friends) {
  if (!name.trim()) return "Give the group a name.";
  if (!friends.length) return "Choose at least one friend.";
  return friends.length > MOST_FRIENDS ? `A group has up to ${MOST_FRIENDS + 1} members.` : "";
}

/** The dialog. */
export default function NewGroup({ close }) {
  const dialog = useRef(null);
  const [name, setName] = useState("");
  const [friends, setFriends] = useState([]);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const isIn = ({ id }) => friends.some((each) => each.id === id);
  const toggle = (friend) => {
    setProblem("");
    setFriends((before) => (isIn(friend) ? before.filter(({ id }) => id !== friend.id) : [...before, friend]));
  };
  const create = async (event) => {
    event.preventDefault();
    const what = missing(name, friends);
    setProblem(what);
    if (what || busy) return;
    setBusy(true);
    try {
      const { group } = await askOnce("group:create", { name: name.trim(), userIds: friends.map(({ id }) => id) });
      takeGroup(group);
      dialog.current?.close();
      location.hash = addressOf("messages", group.stream);
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
    }
  };
  const row = (friend) => html`<label class="friend-choice"><${FriendFace} friend=${friend} />
    <input type="checkbox" checked=${isIn(friend)} onChange=${() => toggle(friend)} /></label>`;
  return html`<${Dialog} class="bottom-sheet picker-dialog" box=${dialog} aria-labelledby="new-group" onClose=${close}>
    <form class="picker-inside" onSubmit=${create} novalidate>
      <header class="panel-head"><h2 class="display" id="new-group">New group</h2><${CloseButton} /></header>
      <div class="field"><label for="group-name">Name</label>
        <input class="input" id="group-name" name="name" value=${name} maxlength=${MOST_LETTERS} autocomplete="off" aria-describedby="group-problem"
          onInput=${(event) => setName(event.target.value)} /></div>
      <${Chosen} friends=${friends} toggle=${toggle} />
      <${FriendPicker} row=${row} />
      <footer class="picker-foot"><p class="wrong" id="group-problem" role="alert">${problem}</p>
        <button type="submit" class="button" aria-disabled=${busy}>${
          friends.length ? `Create group of ${friends.length + 1}` : "Create group"
        }</button>
        <span class="visually-hidden" role="status">${friends.length > 0 && `${count(friends.length, "friend")} chosen`}</span></footer>
    </form>
  <//>`;
}
