// People: profiles, discovery, swipes, requests, friends, blocks and presence, and who hears what of it.
import { equal, ok, until } from "./check.mjs";
import { join } from "./member.mjs";

const NOBODY = "0123456789abcdef01234567";
const right = (login, more = {}) => ({ userId: login.user.id, dir: "right", ...more });
const left = (login) => ({ userId: login.user.id, dir: "left" });
const names = ({ items }) => items.map((one) => (one.profile ?? one.peer ?? one).username).sort();

export async function people(check, { transports, dob }) {
  const [ann, ben, cat, dan] = await Promise.all([1, 2, 3, 4].map(() => join(transports, dob, "contract")));
  const [far] = [await join(transports, "1962-12-24", "contract")];
  const [a, b, c, d, f] = await Promise.all([ann, ben, cat, dan, far].map((one) => one.connect()));
  const heard = (tab, login) => tab.heard("request:changed").filter((told) => told.peer.id === login.user.id);
  const told = (tab, login, status) =>
    tab.hears("request:changed", (one) => one.peer.id === login.user.id && one.status === status);

  await check("profile:update changes what friends and the room see at once, and a repeat is a dup", async () => {
    await b.ask("room:enter", { label: dob });
    await f.ask("room:enter", { label: "1962" });
    const change = { firstName: "Ann", skills: ["piano", "chess"], city: "Lyon", status: "Baking", cid: "p-1" };
    const { profile } = await a.ask("profile:update", change);
    equal([profile.id, profile.firstName, profile.relation, profile.skills.length], [ann.user.id, "Ann", "self", 2]);
    equal(await a.ack("profile:update", change), { ok: true, data: { profile }, dup: true });
    equal(await a.refused("profile:update", { ...change, city: "Rome" }), "CONFLICT");
    const { patch } = await b.hears("profile:changed", (one) => one.userId === ann.user.id);
    equal([patch.firstName, patch.city, patch.status], ["Ann", "Lyon", "Baking"]);
    await a.ask("profile:update", { status: null });
    await b.hears("profile:changed", (one) => one.userId === ann.user.id && one.patch.status === null);
    equal(f.heard("profile:changed"), []);
  });

  await check("profile:update refuses what does not fit", async () => {
    const wrongs = [{ firstName: "" }, { about: "x".repeat(1051) }, { skills: [1] }, { colour: "red" }, { age: 3 }];
    for (const wrong of wrongs)
      equal(await a.refused("profile:update", wrong), "BAD_REQUEST", JSON.stringify(wrong));
    equal(await a.refused("profile:update", { avatarId: NOBODY }), "UNSUPPORTED_MEDIA");
  });

  await check("profile:get shows what the viewer may see", async () => {
    equal((await a.ask("profile:get")).profile.relation, "self");
    const { profile } = await b.ask("profile:get", { userId: ann.user.id });
    equal([profile.username, profile.relation, profile.firstName], [ann.user.username, "none", "Ann"]);
    equal(["lastName", "lastSeen", "dob", "email"].filter((field) => field in profile), []);
    equal(await a.refused("profile:get", { userId: NOBODY }), "NOT_FOUND");
    equal(await a.refused("profile:get", { userId: "me" }), "BAD_REQUEST");
  });

  await check("feed:next shows everybody once, with reasons, page by page", async () => {
    const seen = [];
    let cursor;
    do {
      const page = await a.ask("feed:next", { limit: 2, filters: { sameDay: true }, ...(cursor && { cursor }) });
      ok(page.items.length <= 2 && Number.isInteger(page.remaining), JSON.stringify(page));
      for (const { reasons } of page.items) ok(reasons.length > 0 && reasons.every((one) => typeof one === "string"));
      seen.push(...page.items.map((one) => one.profile.id));
      cursor = page.next;
    } while (cursor !== null);
    equal(new Set(seen).size, seen.length);
    for (const one of [ben, cat, dan]) ok(seen.includes(one.user.id), one.user.username);
    equal([seen.includes(ann.user.id), seen.includes(far.user.id)], [false, false]);
    equal(await a.refused("feed:next", { cursor: "no cursor" }), "BAD_REQUEST");
    equal(await a.refused("feed:next", { limit: 51 }), "BAD_REQUEST");
    equal(await a.refused("feed:next", { filters: { ageMin: 17 } }), "BAD_REQUEST");
  });

  await check("swipe:send asks, both are told, and the same cid is a dup", async () => {
    const ask = right(ben, { note: "Chess on Thursday?", cid: "s-1" });
    const asked = await a.ask("swipe:send", ask);
    equal([asked.status, asked.remaining, Date.parse(asked.resetsAt) > Date.now()], ["pending", 19, true]);
    equal(await a.ack("swipe:send", ask), { ok: true, data: asked, dup: true });
    equal(await a.refused("swipe:send", { ...ask, dir: "left" }), "CONFLICT");
    equal((await told(b, ann, "pending")).peer.relation, "pending");
    equal((await told(a, ben, "pending")).peer.relation, "requested");
    equal((await a.ask("session:hello")).usage.swipes.used, 1);
  });

  await check("swipe:send refuses nobody, oneself, a long note and another direction", async () => {
    equal(await a.refused("swipe:send", { userId: NOBODY, dir: "right" }), "NOT_FOUND");
    equal(await a.refused("swipe:send", right(ann)), "NOT_FOUND");
    equal(await a.refused("swipe:send", right(cat, { note: "x".repeat(201) })), "BAD_REQUEST");
    equal(await a.refused("swipe:send", { userId: cat.user.id, dir: "up" }), "BAD_REQUEST");
    equal(await a.refused("swipe:send", { userId: { $ne: null }, dir: "right" }), "BAD_REQUEST");
  });

  await check("request:list shows both boxes, with the note for whom it is", async () => {
    const { items, next } = await b.ask("request:list", { box: "in", limit: 10 });
    equal([names({ items }), items[0].note, next], [[ann.user.username], "Chess on Thursday?", null]);
    equal(names(await a.ask("request:list", { box: "out", limit: 10 })), [ben.user.username]);
    equal((await a.ask("request:list", { box: "in", limit: 10 })).items, []);
    equal(await a.refused("request:list", { box: "all", limit: 10 }), "BAD_REQUEST");
  });

  await check("two who swipe each other at the same moment match once, and both are told", async () => {
    const answers = await Promise.all([c.ask("swipe:send", right(dan)), d.ask("swipe:send", right(cat))]);
    equal(answers.map((one) => one.status).sort(), ["matched", "pending"]);
    const { stream } = answers.find((one) => one.status === "matched");
    ok(stream.startsWith("d:"), stream);
    equal([(await told(c, dan, "matched")).stream, (await told(d, cat, "matched")).stream], [stream, stream]);
    equal((await c.ask("swipe:send", right(dan))).status, "matched");
  });

  await check("request:review accepts once; other requests are NOT_FOUND", async () => {
    const { id } = (await b.ask("request:list", { box: "in", limit: 1 })).items[0];
    equal(await c.refused("request:review", { id, decision: "accept" }), "NOT_FOUND");
    equal(await b.refused("request:review", { id, decision: "perhaps" }), "BAD_REQUEST");
    const accept = { id, decision: "accept", cid: "r-1" };
    const reviewed = await b.ask("request:review", accept);
    equal(await b.ack("request:review", accept), { ok: true, data: reviewed, dup: true });
    for (const [tab, other] of [[a, ben], [b, ann]]) equal((await told(tab, other, "matched")).stream, reviewed.stream);
    equal(await b.refused("request:review", { id: NOBODY, decision: "accept" }), "NOT_FOUND");
  });

  await check("a decline is silent", async () => {
    await c.ask("swipe:send", right(ann));
    const { id } = await told(a, cat, "pending");
    await a.ask("request:review", { id, decision: "decline" });
    await told(a, cat, "declined");
    equal((await a.ask("request:list", { box: "in", limit: 10 })).items, []);
    equal(names(await c.ask("request:list", { box: "out", limit: 10 })), [ann.user.username]);
    await c.ask("session:hello");
    equal(heard(c, ann).map((one) => one.status), ["pending"]);
  });

  await check("request:cancel takes a request back, of which both are told", async () => {
    const { items } = await c.ask("request:list", { box: "out", limit: 10 });
    equal(await a.refused("request:cancel", { id: items[0].id }), "NOT_FOUND");
    equal(await c.ask("request:cancel", { id: items[0].id }), {});
    await told(c, ann, "cancelled");
    equal(await c.refused("request:cancel", { id: items[0].id }), "NOT_FOUND");
  });

  await check("swipe:undo takes the last swipe back once", async () => {
    await d.ask("swipe:send", right(ben));
    await told(b, dan, "pending");
    const undone = await d.ask("swipe:undo");
    equal([undone.userId, undone.remaining, typeof undone.resetsAt], [ben.user.id, 19, "string"]);
    await told(b, dan, "cancelled");
    equal(await d.refused("swipe:undo"), "GONE");
    equal((await d.ask("session:hello")).usage.swipes.used, 1);
  });

  await check("the last of the day's twenty swipes is the last", async () => {
    const crowd = await Promise.all(Array.from({ length: 20 }, () => join(transports, dob, "contract")));
    const acks = await Promise.all(crowd.map((one) => d.ack("swipe:send", right(one))));
    const refused = acks.filter((one) => !one.ok).map(({ error }) => error);
    equal(refused.map((one) => [one.code, one.limit, one.remaining]), [["QUOTA_EXCEEDED", 20, 0]]);
    equal((await d.ask("swipe:send", left(ann))).status, "ignored");
    const { limit, used } = (await d.ask("session:hello")).usage.swipes;
    equal([limit, used], [20, 20]);
    for (const one of crowd) one.close();
  });

  await check("friend:list finds friends by the beginning of their names", async () => {
    equal(names(await b.ask("friend:list", { limit: 10 })), [ann.user.username]);
    equal(names(await b.ask("friend:list", { limit: 10, q: "an" })), [ann.user.username]);
    equal((await b.ask("friend:list", { limit: 10, q: "zz" })).items, []);
    equal((await b.ask("friend:list", { limit: 10 })).items[0].online, true);
    equal((await b.ask("profile:get", { userId: ann.user.id })).profile.relation, "friend");
  });

  await check("presence:set hides a member from friends, and shows them again", async () => {
    const fits = (online) => (one) => one.userId === ann.user.id && one.online === online;
    equal(await a.ask("presence:set", { state: "invisible" }), {});
    await b.hears("presence:changed", fits(false));
    equal((await b.ask("friend:list", { limit: 10 })).items[0].online, false);
    equal(await a.ask("presence:set", { state: "online" }), {});
    await b.hears("presence:changed", fits(true));
    equal(await a.refused("presence:set", { state: "asleep" }), "BAD_REQUEST");
    ok(!f.told.some((one) => one.payload.userId === ann.user.id));
  });

  await check("friend:remove ends a friendship for both, and nobody else's", async () => {
    equal(await a.refused("friend:remove", { userId: cat.user.id }), "NOT_FOUND");
    equal(await c.ask("friend:remove", { userId: dan.user.id }), {});
    await told(d, cat, "removed");
    equal((await d.ask("friend:list", { limit: 10 })).items, []);
    equal(await c.refused("friend:remove", { userId: dan.user.id }), "NOT_FOUND");
  });

  await check("who is blocked sees NOT_FOUND, as of nobody, and both vanish for each other", async () => {
    equal(await a.ask("block:set", { userId: ben.user.id, on: true }), {});
    equal(names(await a.ask("block:list", { limit: 10 })), [ben.user.username]);
    equal((await b.ask("block:list", { limit: 10 })).items, []);
    for (const [tab, other] of [[a, ben], [b, ann]]) {
      const gone = async () => (await tab.ack("profile:get", { userId: other.user.id })).error?.code === "NOT_FOUND";
      await until(gone, "the block everywhere", 2_000);
      equal(await tab.refused("swipe:send", right(other)), "NOT_FOUND");
      equal((await tab.ask("friend:list", { limit: 10 })).items, []);
    }
    equal(await a.refused("block:set", { userId: NOBODY, on: true }), "NOT_FOUND");
    equal(await a.refused("block:set", { userId: ben.user.id }), "BAD_REQUEST");
    equal(await a.ask("block:set", { userId: ben.user.id, on: false }), {});
    await until(async () => (await b.ack("profile:get", { userId: ann.user.id })).ok, "the end of the block", 2_000);
    equal((await b.ask("profile:get", { userId: ann.user.id })).profile.relation, "none");
  });

  await check("a stranger has heard nothing of all this", async () => {
    await f.ask("session:hello");
    const own = ["presence:changed", "wallet:changed"];
    equal(f.told.filter((one) => !own.includes(one.name) || one.payload.userId), []);
  });

  for (const one of [ann, ben, cat, dan, far]) one.close();
  return [ann, ben, cat, dan, far];
}
