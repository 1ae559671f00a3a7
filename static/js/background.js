// What the application does beside its pages: reading offline, notifications, sounds, noticing who is away, a question.
import { html, useLayoutEffect } from "./kit/ui.js";
import { completeForms } from "./kit/form_token.js";
import { registerWorker } from "./kit/worker.js";
import { readOffline } from "./talk/reading_offline.js";
import { watchForIdleness } from "./people/idle.js";
import { soundMessages } from "./notices/message_sound.js";
import { followPush } from "./notices/push.js";
import { UnblockPlace } from "./people/unblock.js";
import { PushOffer } from "./notices/push_offer.js";

/** The component; it begins all of that when it is shown first. */
export default function Background() {
  useLayoutEffect(() => {
    readOffline();
    completeForms();
    registerWorker();
    watchForIdleness();
    soundMessages();
    followPush();
  }, []);
  return html`<div class="offers" data-testid="offers"><${PushOffer} /></div><${UnblockPlace} />`;
}
