// The token of the page's forms: a page that was opened offline has none, and gets it with its first connection.
import { onGreeting } from "./session.js";

const field = () => document.querySelector("#logout input[name=csrf]");
const meta = () => document.querySelector("meta[name=csrf]");

async function complete() {
  if (meta().content) return;
  try {
    const answer = await fetch("/app");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("meta[name=csrf]")?.content ?? "";
    meta().content = token;
    field().value = token;
  } catch (error) {
    console.debug("no form token", error.message); // The next connection tries again.
  }
}

/** Completes the forms of a page that was opened offline. */
export const completeForms = () => onGreeting(complete);
