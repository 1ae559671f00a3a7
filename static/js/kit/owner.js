// The member whose page this is: everything that the page holds, and all that the browser keeps for it, is theirs.
import { browser, read, tab, write } from "./local_storage.js";
import { halt, halted } from "./socket.js";

/** Names the member who was greeted last in this browser; nothing after they have logged out. */
const MEMBER_KEY = "konektor.member";

/** Names the member of whom this browser keeps a copy for reading offline; nothing once their login has ended here. */
const COPY_KEY = "konektor.copy";

/** The id of the member for whom the server made the page; of a page that was opened offline, whoever has a copy. */
export const owner = document.querySelector("meta[name=member]")?.content || read(COPY_KEY) || "";

/** Whether a copy for reading offline may be kept and shown. */
export const hasCopy = () => Boolean(owner) && read(COPY_KEY) === owner;

/** Whose copy this browser has, if it is another member's; null otherwise. */
export function othersCopy() {
  const member = read(COPY_KEY);
  return member === owner ? null : member;
}

/** Allows a copy, or ends that. */
export const allowCopy = (allowed) => write(COPY_KEY, allowed ? owner : null);

/** The key under which something is kept for the member. */
export const memberKey = (kind, rest = "") => `konektor.${kind}.${owner}.${rest}`;

/** Whether the greeted member is the page's; if not, the page is left before anything is sent in another's name. */
export function isPageMember(id) {
  if (owner !== id) startAfresh();
  else write(MEMBER_KEY, id);
  return owner === id;
}

/** Drops everything that the page holds in memory, and opens the application for the member who is logged in now. */
function startAfresh() {
  halt();
  document.body.replaceChildren();
  location.replace("/app"); // Not `reload`: the address may name a room of the member before.
}

const draftsOfTab = () => tab.keysOf("konektor.draft.");
const forgetDraftsOfTab = () => draftsOfTab().forEach((key) => tab.write(key, null));

/** Deletes what the browser keeps for the member, because they log out. */
export function forgetMember() {
  for (const storage of [browser, tab]) {
    for (const key of storage.keysOf("konektor.")) if (key.includes(`.${owner}.`)) storage.write(key, null);
  }
  write(COPY_KEY, null);
  tab.write("konektor.dob", null); // The date that was typed on a public page, before the member logged in.
  write("konektor.hue", null);
  write(MEMBER_KEY, null);
}

/** Whether the member is still the last one who was greeted in this browser. */
export const isLatestMember = () => read(MEMBER_KEY) === owner;

/** Notices another member in this browser: in another tab, or after the page was restored by the back button. */
export function watchForOtherMembers() {
  for (const key of draftsOfTab()) if (!key.startsWith(memberKey("draft"))) tab.write(key, null);
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== MEMBER_KEY) return;
    if (!newValue) forgetDraftsOfTab();
    else if (newValue !== owner) startAfresh();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && (halted || !isLatestMember()) && startAfresh());
}
