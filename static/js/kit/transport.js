// The transport that the connection begins with: a websocket, or polling in a network that lets no websocket through.
import { tab } from "./local_storage.js";

const PATIENCE = 4000;
const MEMORY = 10 * 60_000;
const KEY = "konektor.polling";

const isRemembered = () => Number(tab.read(KEY)) > Date.now();

/** The transports in the order in which they are tried. Begun with polling, a connection is upgraded if possible. */
const order = (polling) => (polling ? ["polling", "websocket"] : ["websocket", "polling"]);

/** The order for a first attempt: polling first for ten minutes after it was needed in this tab. */
export const transports = () => order(isRemembered());

/**
 * Lets the socket begin with polling after a websocket that opened, or did not fail, and brought no connection within
 * 4 s. Answers the function that makes an attempt; `socket.connect()` alone would not be watched.
 */
export function withFallback(socket) {
  const manager = socket.io;
  let timer = null;
  let blocked = false;

  const begin = () => {
    manager.opts.transports = order(blocked || isRemembered());
    clearTimeout(timer);
    timer = setTimeout(onSilence, PATIENCE);
  };
  const attempt = () => {
    begin();
    socket.connect();
  };
  const onSilence = () => {
    const { transport, readyState } = manager.engine ?? {};
    const works = readyState === "open"; // The server is busy.
    if (works || transport?.name !== "websocket" || !socket.active) return;
    blocked = true;
    socket.disconnect();
    attempt();
  };
  manager.on("reconnect_attempt", begin);
  manager.on("open", () => manager.engine.once("upgrade", () => tab.write(KEY, null)));
  socket.on("connect_error", () => clearTimeout(timer));
  socket.on("connect", () => {
    clearTimeout(timer);
    if (blocked) tab.write(KEY, String(Date.now() + MEMORY));
    blocked = false;
  });
  return attempt;
}
