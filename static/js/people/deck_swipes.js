// Swipes: shown at once, sent one after the other, and taken back by the member or by a refusal.
import { ask, askOnce, askQuietly, on } from "../kit/socket.js";
import { read, write } from "../kit/local_storage.js";
import { memberKey } from "../kit/owner.js";
import { onBlocking } from "../kit/profiles.js";
import { createStore } from "../kit/store.js";
import { toast, toastError } from "../kit/toast.js";
import { deck, putBack, remove, restart, takeTop } from "./deck_feed.js";
import { addPending, takeQuota } from "./deck_quota.js";
import { forgetNote } from "./note_form.js";

const SWIPED_KEY = memberKey("has-swiped");

/**
 * `last`: the swipe that can be taken back, `{item, dir}`; `news`: what screen readers are told of it; `isNew`: whether
 * the member has never swiped in this browser.
 */
export const swipes = createStore({ last: null, news: "", isNew: !read(SWIPED_KEY) });

/** The members who have become friends just now, to be celebrated one after the other. */
export const matches = createStore({ profiles: [] });

const celebrated = new Set();
let queue = Promise.resolve();

/* In their order: what is taken back is the last swipe that the server knows. */
const inOrder = (run) => (queue = queue.then(run));

const nameOf = ({ profile }) => profile.username;

/** Swipes the top card, `right` for a like, which may have a note. */
export function swipe(dir, note) {
  const item = takeTop(dir);
  const isLike = dir === "right";
  if (isLike) addPending(1);
  swipes.set({ last: { item, dir }, news: isLike ? `You liked ${nameOf(item)}.` : `You passed on ${nameOf(item)}.` });
  if (swipes.get().isNew) write(SWIPED_KEY, "1");
  swipes.set({ isNew: false });
  inOrder(async () => {
    await send(item, dir, note);
    if (isLike) addPending(-1);
  });
}

async function send(item, dir, note) {
  try {
    const answer = await askOnce("swipe:send", { userId: item.profile.id, dir, ...(note && { note }) });
    takeQuota(answer);
    forgetNote(item.profile.id, note);
    if (answer.status === "matched") celebrate(item.profile);
  } catch (error) {
    onRefused(item, dir, error);
  }
}

function onRefused(item, dir, error) {
  if (swipes.get().last?.item === item) swipes.set({ last: null });
  if (error.code === "NOT_FOUND") {
    toast(`${nameOf(item)} isn’t on Konektor any more.`);
    return;
  }
  if (error.code === "QUOTA_EXCEEDED") takeQuota(error.details);
  putBack(item, dir);
  toast(`Your ${dir === "right" ? "like" : "pass"} wasn’t sent, so ${nameOf(item)} is back. ${error.message}`, {
    bad: true,
  });
}

/** Takes back the last swipe, also one that was made before the page was loaded. */
export const undo = () =>
  inOrder(async () => {
    const { last } = swipes.get();
    try {
      const undone = await ask("swipe:undo");
      takeQuota(undone);
      await showAgain(undone.userId, last);
    } catch (error) {
      if (error.code === "GONE") toast("There’s nothing to undo. Swipes can be undone for 5 minutes.");
      else toastError(error);
    }
  });

/** Puts the card back whose swipe is undone; without its profile, the deck begins again, and has them in it. */
async function showAgain(userId, last) {
  const isKnown = last?.item.profile.id === userId;
  const answer = isKnown ? null : await askQuietly("profile:get", { userId });
  swipes.set({ last: null, news: "" });
  if (!isKnown && !answer) return restart();
  const item = isKnown ? last.item : { profile: answer.profile, reasons: [] };
  putBack(item, isKnown ? last.dir : "left");
  return swipes.set({ news: `${nameOf(item)} is back.` });
}

/** Celebrates a new friend once, however often one hears of it. */
function celebrate(profile) {
  if (celebrated.has(profile.id)) return;
  celebrated.add(profile.id);
  matches.set(({ profiles }) => ({ profiles: [...profiles, profile] }));
}

/** Ends the celebration of the first of them. */
export const endCelebration = () => matches.set(({ profiles }) => ({ profiles: profiles.slice(1) }));

let isWatched = false;

/** Whether Discover is on the screen: only there is a match celebrated of which others tell. */
export const watch = (shown) => (isWatched = shown);

on("request:changed", ({ status, peer }) => {
  if (status === "removed") celebrated.delete(peer.id);
  // Asked on their profile or another device; a card that has just been put back is not taken by an older event.
  const isAsked = status === "pending" && peer.relation === "requested" && !deck.get().returned;
  if (status === "matched" || isAsked) remove(peer.id);
  if (status === "matched" && isWatched) celebrate(peer);
});

onBlocking(({ userId, on: isBlocked }) => {
  if (!isBlocked) return;
  remove(userId);
  if (swipes.get().last?.item.profile.id === userId) swipes.set({ last: null });
  matches.set(({ profiles }) => ({ profiles: profiles.filter(({ id }) => id !== userId) }));
});
