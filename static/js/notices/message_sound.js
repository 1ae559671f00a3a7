// A quiet sound for a private message that arrives while the page is out of sight; it can be switched off.
import { createStore } from "../kit/store.js";
import { on } from "../kit/socket.js";
import { session } from "../kit/session.js";
import { memberKey } from "../kit/owner.js";
import { read, write } from "../kit/local_storage.js";
import { isPrivate } from "../kit/stream_names.js";

const OFF = memberKey("silent");
const NOTES = [
  { pitch: 587.33, at: 0 },
  { pitch: 880, at: 0.09 },
];
const LOUDNESS = 0.06;
const FADE = 0.28;
const HELD = 2000;

/** `on`: whether this device makes the sound; `played`: how often it has. */
export const sound = createStore({ on: !read(OFF), played: 0 });

/** Switches the sound of this device on or off. */
export function switchSound(isOn) {
  write(OFF, isOn ? null : "yes");
  sound.set({ on: isOn });
}

let context = null;

/** Two soft notes, made here, so that nothing is loaded. */
export function play() {
  context ??= new AudioContext();
  context.resume();
  for (const { pitch, at } of NOTES) {
    const [tone, volume, begin] = [context.createOscillator(), context.createGain(), context.currentTime + at];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + FADE);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + FADE);
  }
  sound.set(({ played }) => ({ played: played + 1 }));
}

/** Plays in one of the tabs that are out of sight; others that heard of the message meanwhile stay silent. */
function playOnce({ id }) {
  return navigator.locks?.request(memberKey("sound", id), { ifAvailable: true }, (lock) => {
    if (!lock) return null;
    play();
    return new Promise((resolve) => setTimeout(resolve, HELD));
  });
}

function onMessage({ message }) {
  const isOwn = message.from.id === session.get().me?.id;
  // Browsers let no page make a sound before it was used.
  const mayPlay = sound.get().on && navigator.userActivation?.hasBeenActive;
  if (isPrivate(message.stream) && !isOwn && mayPlay && document.visibilityState === "hidden") playOnce(message);
}

/** Listens to private messages. */
export function soundMessages() {
  on("message:new", onMessage);
  addEventListener("storage", ({ key }) => key === OFF && sound.set({ on: !read(OFF) }));
}
