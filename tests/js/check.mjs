// Checks that print one line each, and the summary of all of them.
import assert from "node:assert/strict";

let number = 0;
const failed = [];

/** A runner whose lines begin with `group`; a failed check does not keep the ones behind it from running. */
export function checks(group) {
  return async (name, body) => {
    const began = performance.now();
    let error;
    try {
      await body();
    } catch (caught) {
      error = caught;
      failed.push(`${group}: ${name}`);
    }
    const took = `${Math.round(performance.now() - began)} ms`;
    console.log(`${error ? "not ok" : "ok"} ${++number} - ${group}: ${name} # ${took}`);
    if (error) console.log(String(error.stack ?? error).replace(/^/gm, "  # "));
  };
}

/** Prints the plan; whether everything went well. */
export function summary() {
  console.log(`1..${number}`);
  console.log(`# ${number - failed.length} passed, ${failed.length} failed`);
  for (const name of failed) console.log(`# failed: ${name}`);
  return number > 0 && failed.length === 0;
}

export const equal = assert.deepEqual;
export const ok = assert.ok;

/** What `look` answers as soon as it is true; fails when that takes too long. */
export async function until(look, what, milliseconds = 10_000) {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`still waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
