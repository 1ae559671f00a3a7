// Which page is shown: the part of the address behind `#`.
import { isLabel } from "../talk/labels.js";
import { createStore } from "./store.js";

const PAGES = new Set(["invitations", "wallet", "settings"]);

/** `{page: rooms | room | invitations | wallet | settings, label}` */
export const route = createStore(parse());

function parse() {
  const [first = "", second = ""] = location.hash.replace(/^#\/?/, "").split("/");
  if (first === "r" && isLabel(second)) return { page: "room", label: second };
  return { page: PAGES.has(first) ? first : "rooms", label: null };
}

addEventListener("hashchange", () => route.set(parse()));

/** The address of a room's page. */
export const roomAddress = (label) => `#/r/${label}`;
