// Checks that print one line each, and the summary of all of them.
import assert from "node:assert/strict";

const LIMIT = 60;

let number = 0;
const failed = [];

/** Waits for `promise`; fails when that takes longer than LIMIT seconds. */
async function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${LIMIT} s`)), LIMIT * 1000);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A runner whose lines begin with `group`; the checks after one that fails or takes too long run all the same. */
export function checks(group) {
  return async (name, body) => {
    const began = performance.now();
    let error;
    try {
      await inTime(body());
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
