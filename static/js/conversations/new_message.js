// The dialog that opens the conversation with one of the member's friends.
import { html, useRef } from "../kit/ui.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { FriendFace, FriendPicker } from "./friend_picker.js";
import { openConversation } from "./open_conversation.js";

/** The dialog. */
export default function NewMessage({ close }) {
  const dialog = useRef(null);
  const choose = async (friend) => {
    if (await openConversation(friend)) dialog.current?.close();
  };
  return html`<${Dialog} class="bottom-sheet picker-dialog" box=${dialog} aria-labelledby="new-message" onClose=${close}>
    <div class="picker-inside">
      <header class="panel-head"><h2 class="display" id="new-message">New message</h2><${CloseButton} /></header>
      <${FriendPicker} row=${(friend) => html`<button type="button" class="friend-choice" onClick=${() => choose(friend)}><${FriendFace}
        friend=${friend} /></button>`} />
    </div>
  <//>`;
}
