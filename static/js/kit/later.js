// What works beside the pages: a component that is loaded when the first page is there, and not with it.
import { html, useEffect, useState } from "./ui.js";
import { useStore } from "./store.js";
import { connection } from "./socket.js";
import { usePage } from "./page_loader.js";

const AFTER_ONLINE = 1000;
const AFTER_START = 2500;
const DELAYS = { online: AFTER_ONLINE, connecting: AFTER_START, offline: 0 };

function Loaded({ part }) {
  const { Component } = usePage(part);
  return Component && html`<${Component} />`;
}

/** The component of a part, which is `{name, load, style}`: 1 s after connecting, or as soon as that has failed. */
export function Later({ part }) {
  const state = useStore(connection, (value) => value.state);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (ready || state === "ended") return undefined;
    const timer = setTimeout(() => setReady(true), DELAYS[state]);
    return () => clearTimeout(timer);
  }, [state, ready]);
  return ready && html`<${Loaded} part=${part} />`;
}
