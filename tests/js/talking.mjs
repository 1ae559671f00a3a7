// Talking: entering rooms, saying, changing, reading, and who hears what of it.
import { equal, ok, until } from "./check.mjs";
import { join } from "./member.mjs";

export async function talking(check, { ada, bob, cleo, mod, poor, room, transports }) {
  const stream = `r:${room}`;
  const [one, two, stranger] = [await ada.connect(), await bob.connect(), await cleo.connect()];
  const say = async (body, more = {}) => (await one.ask("message:send", { stream, body, ...more })).message;

  await check("the ad comes with the first entry to a room in a login, once for all tabs", async () => {
    const login = await bob.again();
    const tabs = [await login.connect(), await login.connect(), await login.connect()];
    const entered = await Promise.all(tabs.map((tab) => tab.ask("room:enter", { label: room })));
    const ads = entered.filter((one) => one.ad).map((one) => one.ad);
    equal(ads.length, 1);
    equal([Object.keys(ads[0]).sort(), ads[0].seconds], [["id", "imageUrl", "label", "seconds", "url"], 5]);
    login.close();
  });

  await check("room:list shows the three rooms, room:enter what is there", async () => {
    const rooms = await one.ask("room:list");
    equal(rooms.map((one) => one.kind), ["date", "day", "year"]);
    equal(rooms[0].label, room);
    const entered = await one.ask("room:enter", { label: room });
    equal([entered.stream, entered.members >= 2, entered.online >= 2], [stream, true, true]);
    equal(Object.keys(entered.question).sort(), ["id", "text"]);
    await two.ask("room:enter", { label: room, after: entered.seq });
  });

  await check("room:more has the week's room, which is entered like the others", async () => {
    const [week, ...others] = (await one.ask("room:more")).rooms;
    equal([others, Object.keys(week).sort()], [[], ["kind", "label", "members", "online", "title", "unread"]]);
    ok(week.kind === "week" && /^[0-9]{4}-W[0-9]{2}$/.test(week.label), week.label);
    equal((await one.ask("room:enter", { label: week.label })).stream, `r:${week.label}`);
    equal(await stranger.refused("room:enter", { label: week.label }), "FORBIDDEN");
    await one.ask("room:leave", { label: week.label });
  });

  await check("rooms of others are FORBIDDEN in every way", async () => {
    for (const name of ["room:enter", "room:leave", "room:members"])
      equal(await stranger.refused(name, { label: room }), "FORBIDDEN");
    equal(await stranger.refused("message:send", { stream, body: "hello" }), "FORBIDDEN");
    equal(await stranger.refused("message:list", { stream }), "FORBIDDEN");
    equal(await stranger.refused("message:typing", { stream }), "FORBIDDEN");
    equal(await stranger.refused("message:read", { stream, seq: 1 }), "FORBIDDEN");
    equal(await stranger.ask("sync:resume", { offsets: { [stream]: 0 } }), { streams: [] });
  });

  await check("a message is acked, and told once to everybody in the room", async () => {
    const mine = await ada.connect();
    await mine.ask("room:enter", { label: room });
    const { balance } = await one.ask("wallet:get");
    const sent = await one.ask("message:send", { stream, body: "h\u{1f600}llo", cid: "c-1" });
    equal([sent.cost, sent.balance, sent.message.from.id], [5, balance - 5, ada.user.id]);
    equal(Date.parse(sent.message.expiresAt) - Date.parse(sent.message.createdAt), 86_400_000);
    for (const tab of [one, mine]) equal(await tab.hears("message:new"), { message: sent.message, cid: "c-1" });
    equal(await two.hears("message:new"), { message: sent.message });
    await two.ask("session:hello");
    equal(two.heard("message:new").length, 1);
  });

  await check("the same cid again is a dup, with other words a CONFLICT", async () => {
    const payload = { stream, body: "only once", cid: "c-2" };
    const first = await one.ack("message:send", payload);
    const again = await one.ack("message:send", payload);
    equal(again, { ...first, dup: true });
    equal(await one.refused("message:send", { ...payload, body: "other words" }), "CONFLICT");
    const { messages } = await two.ask("message:list", { stream });
    equal(messages.filter((one) => one.body === "only once").length, 1);
  });

  await check("message:list leads through the room both ways", async () => {
    for (let i = 0; i < 5; i++) await say(`word ${i}`);
    const { messages } = await two.ask("message:list", { stream });
    const seqs = messages.map((one) => one.seq);
    equal(seqs, seqs.map((_, i) => seqs[0] + i));
    const back = await two.ask("message:list", { stream, beforeSeq: seqs.at(-1), limit: 2 });
    equal([back.messages.map((one) => one.seq), back.more], [seqs.slice(-3, -1), true]);
    const on = await two.ask("message:list", { stream, afterSeq: seqs.at(-3), limit: 50 });
    equal([on.messages.map((one) => one.seq), on.more], [seqs.slice(-2), false]);
    equal(await two.refused("message:list", { stream, beforeSeq: 2, afterSeq: 1 }), "BAD_REQUEST");
  });

  await check("an edit costs what it adds, is repeated safely, and is the author's alone", async () => {
    const { id } = await say("short");
    const { balance } = await one.ask("wallet:get");
    const edit = { id, body: "longer!", cid: "e-1" };
    const edited = await one.ask("message:edit", edit);
    equal([edited.balance, edited.message.body, !!edited.message.editedAt], [balance - 2, "longer!", true]);
    equal(await one.ack("message:edit", edit), { ok: true, data: edited, dup: true });
    equal((await two.hears("message:changed", (one) => one.id === id)).body, "longer!");
    equal(await two.refused("message:edit", { id, body: "mine" }), "NOT_FOUND");
    equal(await stranger.refused("message:edit", { id, body: "mine" }), "NOT_FOUND");
  });

  await check("reactions come and go", async () => {
    const { id } = await say("react to this");
    const cake = { id, emoji: "\u{1f382}" };
    await one.ask("message:react", { ...cake, on: true });
    const { reactions } = await two.ask("message:react", { ...cake, on: true });
    equal(reactions, [{ emoji: cake.emoji, count: 2, userIds: [ada.user.id, bob.user.id] }]);
    await one.hears("message:changed", (one) => one.id === id && one.reactions?.[0]?.count === 2);
    equal((await one.ask("message:react", { ...cake, on: false })).reactions[0].userIds, [bob.user.id]);
    equal(await one.refused("message:react", { id, emoji: "words", on: true }), "BAD_REQUEST");
    equal(await stranger.refused("message:react", { ...cake, on: true }), "NOT_FOUND");
  });

  await check("a deleted message is a tombstone for everybody", async () => {
    const { id, seq } = await say("regretted");
    equal(await two.refused("message:delete", { id }), "NOT_FOUND");
    equal(await one.ask("message:delete", { id }), {});
    equal((await two.hears("message:changed", (one) => one.id === id)).deleted, true);
    const { messages } = await two.ask("message:list", { stream, afterSeq: seq - 1, limit: 1 });
    equal([messages[0].deleted, messages[0].body], [true, ""]);
    equal(await two.refused("message:react", { id, emoji: "\u{1f382}", on: true }), "GONE");
    equal(await two.refused("message:send", { stream, body: "to that", replyTo: id }), "NOT_FOUND");
  });

  await check("an answer names its message", async () => {
    const { id } = await say("a question");
    const { message } = await two.ask("message:send", { stream, body: "an answer", replyTo: id });
    equal(message.replyTo, id);
  });

  await check("read marks move forward only", async () => {
    const { seq } = await say("read this");
    equal(await two.ask("message:read", { stream, seq }), { unread: 0 });
    await say("and this");
    equal(await two.ask("message:read", { stream, seq: 1 }), { unread: 1 });
    equal((await two.ask("room:list"))[0].unread, 1);
  });

  await check("the room hears who has joined", async () => {
    const { members } = (await one.ask("room:list"))[0];
    await join(transports, room, "contract");
    const told = await one.hears("presence:changed", (told) => told.label === room && told.members === members + 1);
    equal([Object.keys(told).sort(), told.online <= told.members], [["label", "members", "online"], true]);
  });

  await check("members are listed once each, those online first", async () => {
    const items = [];
    for (let cursor; cursor !== null; ) {
      const page = await one.ask("room:members", { label: room.slice(0, 4), limit: 1, ...(cursor && { cursor }) });
      items.push(...page.items);
      cursor = page.next;
    }
    equal(new Set(items.map((one) => one.id)).size, items.length);
    ok(items.length >= 3);
    const online = items.map((one) => one.online);
    equal(online, [...online].sort().reverse());
  });

  await check("who has too few tokens is told how many", async () => {
    const tab = await poor.connect();
    const { error } = await tab.ack("message:send", { stream, body: "eleven char" });
    equal([error.code, error.limit, error.remaining], ["INSUFFICIENT_TOKENS", 11, 10]);
    const tries = await Promise.all(Array.from({ length: 20 }, () => tab.ack("message:send", { stream, body: "x" })));
    equal(tries.filter((one) => one.ok).length, 10);
    equal((await tab.ask("wallet:get")).balance, 0);
  });

  await check("a moderator enters any room, speaks officially and deletes; a member does not", async () => {
    const staff = await mod.connect();
    await staff.ask("room:enter", { label: room });
    const { message } = await staff.ask("message:send", { stream, body: "From the team.", official: true });
    equal((await two.hears("message:new", (told) => told.message.id === message.id)).message.official, true);
    equal(await one.refused("message:send", { stream, body: "me too", official: true }), "FORBIDDEN");
    const { id } = await say("off topic");
    equal(await staff.ask("message:delete", { id }), {});
  });

  await check("who has left hears nothing more, nor did the stranger at any time", async () => {
    const { id } = await say("to be edited");
    equal(await two.ask("room:leave", { label: room }), {});
    const before = two.told.length;
    await one.ask("message:typing", { stream });
    const last = await say("you do not hear this");
    await one.ask("message:edit", { id, body: "edited" });
    await one.hears("message:changed", (told) => told.id === id);
    await two.ask("session:hello");
    equal(two.told.slice(before), []);
    await until(() => one.heard("message:new").some((told) => told.message.id === last.id), "the last word");
    equal(stranger.told, []);
  });
}
