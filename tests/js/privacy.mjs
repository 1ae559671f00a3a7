// Privacy: nothing that any client received is somebody else's secret.
import { equal } from "./check.mjs";
import { password, received } from "./member.mjs";

const PRIVATE = /e-?mail|dob|birth|balance|passw|hash|token|secret|salt|digest|cookie|session/i;

/** What is the receiver's own, by where it came from. */
const OWN = {
  "/auth/signup": ["user.email", "user.dob", "accessToken", "refreshToken"],
  "/auth/login": ["user.email", "user.dob", "accessToken", "refreshToken"],
  "/auth/refresh": ["accessToken", "refreshToken"],
  "session:hello": ["data.me.email", "data.me.dob", "data.balance"],
  "message:send": ["data.balance"],
  "message:edit": ["data.balance"],
  "wallet:get": ["data.balance", "data.entries.balance"],
  "wallet:changed": ["balance"],
  "invite:create": ["data.tokens"],
  "invite:list": ["data.codes.tokens", "data.bonus.tokens"],
};

/** `[path, value]` of everything in a JSON value; places in lists are left out of the path. */
function* walk(value, path = "") {
  yield [path, value];
  if (Array.isArray(value)) for (const item of value) yield* walk(item, path);
  else if (value && typeof value === "object")
    for (const [key, inner] of Object.entries(value)) yield* walk(inner, path ? `${path}.${key}` : key);
}

export async function privacy(check, everybody) {
  const secrets = everybody.flatMap((one) => [one.email, one.token, one.refresher].map((secret) => [one.user.id, secret]));

  await check(`${received.length} answers and events have no private field of somebody else`, async () => {
    const leaks = new Set();
    for (const { from, json } of received)
      for (const [path] of walk(json))
        if (PRIVATE.test(path.split(".").at(-1)) && !OWN[from]?.includes(path)) leaks.add(`${from} ${path}`);
    equal([...leaks], []);
  });

  await check("what is one's own comes to oneself only", async () => {
    for (const { to, from, json } of received)
      for (const [path, value] of walk(json)) if (/^(user|data\.me)$/.test(path)) equal(value.id, to, from);
  });

  await check("no address, token or password of another member is in any text", async () => {
    const leaks = [];
    for (const { to, from, json } of received) {
      const text = JSON.stringify(json);
      if (text.includes(password)) leaks.push([from, "a password"]);
      for (const [owner, secret] of secrets) if (owner !== to && text.includes(secret)) leaks.push([from, owner]);
    }
    equal(leaks, []);
  });
}
