// The copy of the list of conversations that this browser keeps, for reading offline.
import { keepFact, keptFact } from "../kit/local_copy.js";
import { rememberMember } from "../kit/member_names.js";
import { byStream, conversations, inOrder } from "./known_conversations.js";

const NAME = "list conversations";
const MOST = 100;
const DELAY = 1000;

let saving = null;

function save() {
  saving = null;
  keepFact(NAME, inOrder(conversations.get()).slice(0, MOST));
}

conversations.subscribe(() => {
  const { loaded, loading } = conversations.get();
  if (loaded && !loading) saving ??= setTimeout(save, DELAY);
});

/** Shows the copy, unless the list has been loaded. */
export async function restoreConversations() {
  const kept = await keptFact(NAME);
  if (!kept || conversations.get().loaded) return;
  for (const { peer, group } of kept) for (const member of group?.members ?? [peer]) rememberMember(member);
  conversations.set({ items: byStream(kept) });
}
