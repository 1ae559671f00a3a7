// The match moment: two members have liked each other, and are friends.
import { Avatar, html, useRef } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { Dialog } from "../kit/dialog.js";
import { session } from "../kit/session.js";
import { openConversation } from "../conversations/open_conversation.js";
import { endCelebration, matches } from "./deck_swipes.js";

function Match({ me, friend }) {
  const dialog = useRef(null);
  const greet = async () => {
    if (await openConversation(friend)) dialog.current?.close();
  };
  return html`<${Dialog} class="popup deck-sheet deck-match" data-testid="match" box=${dialog}
    aria-labelledby="match-title" aria-describedby="match-text" onClose=${endCelebration}>
    <div class="deck-form">
      <div class="deck-faces" aria-hidden="true"><${Avatar} member=${me} size="l" /><${Avatar} member=${friend} size="l" /></div>
      <h2 class="display" id="match-title">You and <span translate=${false}>${friend.username}</span> are friends</h2>
      <p class="soft" id="match-text">You both liked each other.</p>
      <div class="deck-actions">
        <button type="button" class="button" onClick=${greet}>Say hello</button>
        <button type="button" class="button plain" onClick=${() => dialog.current.close()}>Keep looking</button>
      </div>
    </div>
  <//>`;
}

/** The dialog for the first of the new friends, or nothing. */
export function Matches() {
  const { profiles } = useStore(matches);
  const me = useStore(session, (state) => state.me);
  const [friend] = profiles;
  return me && friend && html`<${Match} key=${friend.id} me=${me} friend=${friend} />`;
}
