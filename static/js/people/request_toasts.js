// Says what happens between the member and others, wherever in the application they are.
import { on } from "../kit/socket.js";
import { toast } from "../kit/toast.js";
import { addressOf, route } from "../kit/router.js";
import { openProfile } from "./open_profile.js";
import { openConversation } from "../conversations/open_conversation.js";

/** The friends who have been announced here, so that the answer to a request and the event about it are one piece of news. */
const announced = new Set();

const isShown = (name) => route.get().page.name === name;

/** An action of a toast: the profile of a member. */
export const viewing = (member) => ({ label: "View profile", run: () => openProfile(member) });

/** An action of a toast: the conversation with a new friend. */
const greeting = (member) => ({ label: "Say hello", run: () => openConversation(member) });

/** Says that two are friends now, once; Discover celebrates it in its own way. */
export function announceFriend(peer) {
  if (announced.has(peer.id)) return;
  announced.add(peer.id);
  if (!isShown("discover")) toast(`You and ${peer.username} are friends now.`, { action: greeting(peer) });
}

function announceRequest(peer) {
  const view = () => {
    location.hash = addressOf("requests");
  };
  if (!isShown("requests"))
    toast(`${peer.username} would like to be your friend.`, { action: { label: "View request", run: view } });
}

/** Listens to what changes between the member and others. */
export function announceRequests() {
  on("request:changed", ({ status, peer }) => {
    if (status === "matched") announceFriend(peer);
    else announced.delete(peer.id);
    if (status === "pending" && peer.relation === "pending") announceRequest(peer);
  });
}
