// The places that notices are about, and the way to them.
import { addressOf } from "../kit/router.js";
import { addressOfStream, jumpTo } from "../talk/jumps.js";
import { openConversation } from "../conversations/open_conversation.js";

/** The address of what a notice is about: `kind` of the notice, `stream` of a message, `userId` of a member. */
export function addressOfPlace({ kind, stream, userId }) {
  if (stream && kind !== "matched") return addressOfStream(stream);
  if (kind === "request") return addressOf("requests");
  if (kind === "account") return addressOf("settings");
  return userId ? addressOf("member", userId) : addressOf("notices");
}

/** Opens it: a message in its place; with a new friend the conversation, which is listed once it has been opened. */
export function openPlace(place) {
  if (place.kind === "matched") openConversation({ id: place.userId });
  else if (place.stream && place.seq) jumpTo(place.stream, place.seq);
  else location.hash = addressOfPlace(place);
}
