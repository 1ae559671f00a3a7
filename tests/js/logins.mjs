// Logins: seeing them, ending them, and what their connections hear.
import { equal, ok, until } from "./check.mjs";
import { post } from "./member.mjs";

/** The tab hears the reason, and is disconnected by the server then. */
async function ended(tab, reason) {
  equal(await tab.hears("session:ended"), { reason });
  await until(() => tab.gone, "the disconnect");
  equal([tab.gone, tab.told.at(-1).name], ["io server disconnect", "session:ended"]);
  equal((await tab.login.knock()).error.message, "SESSION_EXPIRED");
}

export async function logins(check, { dora, cleo }) {
  const tab = await dora.connect();

  await check("session:list names every login and the current one", async () => {
    const phone = await dora.again();
    const list = await tab.ask("session:list");
    equal(list.map((one) => one.current).sort(), [false, true]);
    equal(Object.keys(list[0]).sort(), ["createdAt", "current", "device", "id", "lastSeen"]);
    const id = list.find((one) => !one.current).id;
    const tabs = [await phone.connect(), await phone.connect()];
    equal(await tab.ask("session:revoke", { id }), { revoked: 1 });
    for (const one of tabs) await ended(one, "revoked");
    equal(await tab.refused("session:revoke", { id }), "NOT_FOUND");
  });

  await check("session:revoke ends all other logins and not this one", async () => {
    const others = [await (await dora.again()).connect(), await (await dora.again()).connect()];
    equal(await tab.ask("session:revoke", { others: true }), { revoked: 2 });
    for (const one of others) await ended(one, "revoked");
    ok(await tab.ask("session:hello"));
  });

  await check("nobody ends a login of somebody else", async () => {
    const [{ id }] = await (await cleo.connect()).ask("session:list");
    equal(await tab.refused("session:revoke", { id }), "NOT_FOUND");
    equal(await tab.refused("session:revoke", {}), "BAD_REQUEST");
  });

  await check("POST /auth/logout ends the connections of its login", async () => {
    const phone = await dora.again();
    const gone = await phone.connect();
    const headers = { authorization: `Bearer ${phone.token}` };
    equal((await post("/auth/logout", {}, { to: dora.user.id, headers })).status, 200);
    await ended(gone, "logout");
  });

  await check("a refresh that is repeated at once gets the same pair", async () => {
    const phone = await dora.again();
    const old = phone.refresher;
    const [one, two] = await Promise.all([phone.refresh(old), phone.refresh(old)]);
    equal([one.status, two.status, two.json], [200, 200, one.json]);
    equal((await phone.refresh(one.json.refreshToken)).status, 200);
  });

  await check("an old refresh token ends its login", async () => {
    const phone = await dora.again();
    const old = phone.refresher;
    const gone = await phone.connect();
    // Only the last four may be repeated.
    for (let round = 0; round < 5; round++) equal((await phone.refresh()).status, 200);
    const again = await phone.refresh(old);
    equal([again.status, again.json.error.code], [401, "SESSION_EXPIRED"]);
    await ended(gone, "reuse");
  });

  await check("a wrong password and an unknown address are answered alike", async () => {
    const one = await post("/auth/login", { email: dora.email, password: "Wrong-Horse-42" });
    const two = await post("/auth/login", { email: "nobody@example.org", password: "Wrong-Horse-42" });
    equal([one.status, one.json], [401, two.json]);
  });
}
