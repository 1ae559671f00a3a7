// Giving: invitations that let others in, and the wallet with its entries.
import { equal, ok } from "./check.mjs";
import { join, post, password } from "./member.mjs";

export async function giving(check, { ada, bob, dob, transports }) {
  const tab = await ada.connect();
  let code;

  await check("invite:create makes one open code, repeated safely", async () => {
    const made = await tab.ask("invite:create", { cid: "i-1" });
    code = made.code;
    equal([code.length, made.uses, made.cap, made.link.endsWith(`/i/${code}`)], [20, 0, 10, true]);
    equal(await tab.ack("invite:create", { cid: "i-1" }), { ok: true, data: made, dup: true });
    equal(await tab.refused("invite:create", {}), "CONFLICT");
  });

  await check("who joins with the code is seen with it", async () => {
    const guest = await join(transports, dob, code);
    const { codes, invitees } = await tab.ask("invite:list");
    equal([codes[0].uses, invitees.map((one) => one.id)], [1, [guest.user.id]]);
    equal((await (await guest.connect()).ask("wallet:get")).balance, 100_000);
  });

  await check("a revoked code lets nobody in, and is the maker's alone to revoke", async () => {
    equal(await (await bob.connect()).refused("invite:revoke", { code }), "NOT_FOUND");
    equal(await tab.ask("invite:revoke", { code }), {});
    const form = { email: "late@example.org", password, confirm: password, dob, invite: code };
    const { status, json } = await post("/auth/signup", form);
    equal([status, json.error.code], [400, "INVITE_INVALID"]);
  });

  await check("a signup that cannot be is refused with its field", async () => {
    const form = { email: "x@example.org", password, confirm: password, dob: "2020-01-01", invite: code };
    equal((await post("/auth/signup", form)).json.error.code, "UNDERAGE");
    const { json } = await post("/auth/signup", { ...form, dob, colour: "red" });
    equal([json.error.code, json.error.field], ["BAD_REQUEST", "colour"]);
  });

  await check("the wallet adds up, page by page", async () => {
    const { rooms } = await tab.ask("session:hello");
    for (let i = 0; i < 3; i++) await tab.ask("message:send", { stream: `r:${rooms[1].label}`, body: "x".repeat(i + 1) });
    const entries = [];
    let balance;
    for (let cursor; cursor !== null; ) {
      const page = await tab.ask("wallet:get", { limit: 2, ...(cursor && { cursor }) });
      ok(page.entries.length <= 2);
      entries.push(...page.entries);
      [balance, cursor] = [page.balance, page.next];
    }
    equal(new Set(entries.map((one) => one.id)).size, entries.length);
    equal(entries.reduce((sum, one) => sum + one.delta, 0), balance);
    equal(entries.at(-1).delta, 100_000);
  });
}
