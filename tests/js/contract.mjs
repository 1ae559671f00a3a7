// The whole contract with the official Socket.IO client, on every transport, against the server at KONEKTOR_URL.
//
// It needs the invitations `contract` (100 000 tokens) and `contract-poor` (10 tokens), the moderator mod@example.org
// with the usual password, an ad for every room, and in KONEKTOR_ACCESS_KEY the key of access tokens in hex.
// KONEKTOR_TRANSPORTS may name the only suite to run.
import { checks, summary } from "./check.mjs";
import { conversing } from "./conversing.mjs";
import { giving } from "./giving.mjs";
import { handshake } from "./handshake.mjs";
import { logins } from "./logins.mjs";
import { join, logIn } from "./member.mjs";
import { people as knowing } from "./people.mjs";
import { privacy } from "./privacy.mjs";
import { talking } from "./talking.mjs";
import { typing } from "./typing.mjs";

// Each has rooms of its own, so that all can run at once.
const SUITES = [
  ["polling", ["polling"], "1990-05-17"],
  ["websocket", ["websocket"], "1984-02-29"],
  ["upgrading", ["polling", "websocket"], "2001-11-30"],
];
const WANTED = process.env.KONEKTOR_TRANSPORTS ?? "";
const ELSEWHERE = "1975-08-09";

async function suite([name, transports, dob]) {
  const check = checks(name);
  const people = {};
  for (const who of ["ada", "bob", "dora", "eve", "finn"]) people[who] = await join(transports, dob, "contract");
  people.cleo = await join(transports, ELSEWHERE, "contract");
  people.poor = await join(transports, dob, "contract-poor");
  people.mod = await logIn(transports, "mod@example.org");
  const given = { ...people, transports, dob, room: dob };
  // Five seconds of waiting go by beside everything else.
  const waiting = typing(check, given);
  for (const part of [handshake, talking, giving, logins]) await part(check, given);
  const others = [...(await knowing(check, given)), ...(await conversing(check, given))];
  await waiting;
  for (const one of Object.values(people)) one.close();
  return [...Object.values(people), ...others];
}

const everybody = (await Promise.all(SUITES.filter(([name]) => !WANTED || name === WANTED).map(suite))).flat();
await privacy(checks("privacy"), everybody);
// A failed check may have left a connection that would keep the process alive.
process.exit(summary() ? 0 : 1);
