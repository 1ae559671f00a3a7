// Private conversations: direct ones and groups, what is received and read there, and who hears what of it.
import { equal, ok } from "./check.mjs";
import { join } from "./member.mjs";

const NOBODY = "0123456789abcdef01234567";

export async function conversing(check, { transports, dob }) {
  const logins = await Promise.all([1, 2, 3, 4, 5, 6].map(() => join(transports, dob, "contract")));
  const [ann, ben, cat, dan, eve] = logins;
  const [a, b, c, d, e, f] = await Promise.all(logins.map((one) => one.connect()));
  const second = await ann.connect();
  const befriend = async (one, two) => {
    await one.ask("swipe:send", { userId: two.login.user.id, dir: "right" });
    return (await two.ask("swipe:send", { userId: one.login.user.id, dir: "right" })).stream;
  };
  const streams = [];
  for (const other of [b, c, d, e]) streams.push(await befriend(a, other));
  const stream = streams[0];
  const said = (tab, id) => tab.hears("message:new", (one) => one.message.id === id);
  const changed = (tab, fits) => tab.hears("group:changed", fits);
  const ids = (group) => group.members.map((one) => one.id);

  await check("dm:open opens a conversation with a friend only; both have it in dm:list", async () => {
    equal((await a.ask("dm:list", { limit: 10 })).items, []);
    equal(await a.ask("dm:open", { userId: ben.user.id }), { stream });
    equal(await b.ask("dm:open", { userId: ann.user.id }), { stream });
    for (const userId of [NOBODY, ann.user.id, f.login.user.id])
      equal(await a.refused("dm:open", { userId }), "FORBIDDEN");
    equal(await a.refused("dm:open", { userId: "ben" }), "BAD_REQUEST");
    for (const [tab, other] of [[a, ben], [b, ann]]) {
      const { items, next } = await tab.ask("dm:list", { limit: 10 });
      equal([items.length, items[0].stream, items[0].last, items[0].unread, next], [1, stream, null, 0, null]);
      equal([items[0].peer.id, items[0].peer.relation], [other.user.id, "friend"]);
    }
    equal(await a.refused("dm:list", { limit: 51 }), "BAD_REQUEST");
    equal(await a.refused("dm:list", { cursor: "no cursor" }), "BAD_REQUEST");
  });

  await check("a direct message is free, reaches both without entering, and is received and read", async () => {
    const send = { stream, body: "Hello Ben", cid: "d-1" };
    const { message, cost, balance } = await a.ask("message:send", send);
    equal([message.seq, cost, balance, "expiresAt" in message], [1, 0, (await a.ask("session:hello")).balance, false]);
    equal((await a.ack("message:send", send)).dup, true);
    equal(await a.refused("message:send", { ...send, body: "Hello" }), "CONFLICT");
    equal((await said(second, message.id)).cid, "d-1");
    equal("cid" in (await said(b, message.id)), false);
    const told = (delivered, read) => (one) =>
      one.stream === stream && one.userId === ben.user.id && one.delivered === delivered && one.read === read;
    await a.hears("message:receipt", told(1, 0));
    await second.hears("message:receipt", told(1, 0));
    equal((await b.ask("dm:list", { limit: 1 })).items[0].unread, 1);
    equal((await b.ask("session:hello")).unread[stream], 1);
    equal(await b.ask("message:read", { stream, seq: 1 }), { unread: 0 });
    await a.hears("message:receipt", told(1, 1));
    equal((await a.ask("dm:list", { limit: 1 })).items[0].receipt, { delivered: 1, read: 1 });
    equal(b.heard("message:receipt"), []);
  });

  await check("typing, replies, reactions, edits and deletions reach the other of a conversation", async () => {
    await b.ask("message:typing", { stream });
    await a.hears("typing:changed", (one) => one.stream === stream && one.userIds.includes(ben.user.id));
    const first = (await a.ask("message:list", { stream })).messages[0];
    const { message } = await b.ask("message:send", { stream, body: "Hello Ann", replyTo: first.id });
    equal(message.replyTo, first.id);
    await a.ask("message:react", { id: message.id, emoji: "👍", on: true });
    await b.hears("message:changed", (one) => one.id === message.id && one.reactions?.length === 1);
    await b.ask("message:edit", { id: message.id, body: "Hello, Ann" });
    await a.hears("message:changed", (one) => one.id === message.id && one.body === "Hello, Ann");
    await b.ask("message:delete", { id: message.id });
    await a.hears("message:changed", (one) => one.id === message.id && one.deleted);
    const [resumed] = (await a.ask("sync:resume", { offsets: { [stream]: 1 } })).streams;
    equal([resumed.stream, resumed.seq, resumed.messages.map((one) => one.deleted)], [stream, 2, [true]]);
  });

  await check("others have no access to a conversation, and hear nothing of it", async () => {
    for (const [name, payload] of [
      ["message:send", { stream, body: "x" }],
      ["message:list", { stream }],
      ["message:read", { stream, seq: 1 }],
      ["message:typing", { stream }],
    ])
      for (const there of [stream, `d:${NOBODY}`, `g:${NOBODY}`])
        equal(await c.refused(name, { ...payload, stream: there }), "FORBIDDEN", `${name} ${there}`);
    equal((await c.ask("sync:resume", { offsets: { [stream]: 0 } })).streams, []);
    equal(c.heard("message:new"), []);
  });

  await check("a free member begins three conversations a day, and replies to everybody", async () => {
    for (const other of streams.slice(1, 3)) await a.ask("message:send", { stream: other, body: "hello" });
    const { error } = await a.ack("message:send", { stream: streams[3], body: "hello" });
    equal([error.code, error.limit, error.remaining], ["QUOTA_EXCEEDED", 3, 0]);
    ok(Date.parse(error.resetsAt) > Date.now(), error.resetsAt);
    const { used, limit, resetsAt } = (await a.ask("session:hello")).usage.conversations;
    equal([used, limit, resetsAt], [3, 3, error.resetsAt]);
    await e.ask("message:send", { stream: streams[3], body: "hello" });
    await a.ask("message:send", { stream: streams[3], body: "hello yourself" });
    const pages = [await a.ask("dm:list", { limit: 3 })];
    pages.push(await a.ask("dm:list", { limit: 3, cursor: pages[0].next }));
    equal([pages[0].items[0].stream, pages[1].next], [streams[3], null]);
    equal(pages.flatMap((page) => page.items.map((one) => one.stream)).sort(), [...streams].sort());
  });

  let group;
  await check("group:create makes a group of friends once; all are told", async () => {
    const make = { name: "Bakers", userIds: [ben.user.id, cat.user.id], cid: "g-1" };
    ({ group } = await a.ask("group:create", make));
    equal(await a.ack("group:create", make), { ok: true, data: { group }, dup: true });
    equal(await a.refused("group:create", { ...make, name: "Cooks" }), "CONFLICT");
    equal([group.name, group.owner, group.stream], ["Bakers", ann.user.id, `g:${group.id}`]);
    equal([group.last, group.unread], [null, 0]);
    equal(ids(group), [ann.user.id, ben.user.id, cat.user.id]);
    for (const tab of [second, b, c]) {
      equal((await changed(tab, (one) => one.group?.id === group.id)).group.name, "Bakers");
      equal((await tab.ask("group:list", { limit: 10 })).items.map((one) => one.id), [group.id]);
    }
    equal((await d.ask("group:list", {})).items, []);
    equal(await a.refused("group:create", { name: "x", userIds: [NOBODY] }), "FORBIDDEN");
    const crowd = Array(50).fill(ben.user.id);
    for (const wrong of [{ name: "" }, { name: "x".repeat(61) }, { userIds: [] }, { userIds: crowd }])
      equal(await a.refused("group:create", { name: "x", userIds: [ben.user.id], ...wrong }), "BAD_REQUEST");
    equal(await a.refused("group:list", { limit: 0 }), "BAD_REQUEST");
  });

  await check("what is said in a group reaches its members; whoever is added hears it from then on", async () => {
    const before = (await b.ask("message:send", { stream: group.stream, body: "before" })).message;
    for (const tab of [a, second, c]) await said(tab, before.id);
    const add = { id: group.id, userId: dan.user.id, cid: "g-2" };
    const added = await a.ask("group:add", add);
    equal(await a.ack("group:add", add), { ok: true, data: added, dup: true });
    equal(ids(added.group).at(-1), dan.user.id);
    const told = (await changed(d, (one) => one.group?.id === group.id)).group;
    equal([told.last, told.unread, told.readUpTo], [null, 0, 1]);
    const after = (await c.ask("message:send", { stream: group.stream, body: "after" })).message;
    await said(d, after.id);
    const { messages } = await d.ask("message:list", { stream: group.stream, afterSeq: 0 });
    equal(messages.map((one) => one.body), ["after"]);
    equal((await d.ask("session:hello")).unread[group.stream], 1);
    equal(d.heard("message:new").filter((one) => one.message.id === before.id), []);
    equal(await a.refused("group:add", { id: group.id, userId: dan.user.id }), "CONFLICT");
    equal(await b.refused("group:add", { id: group.id, userId: eve.user.id }), "FORBIDDEN");
    equal(await a.refused("group:add", { id: NOBODY, userId: eve.user.id }), "NOT_FOUND");
    equal(await e.refused("group:add", { id: group.id, userId: ann.user.id }), "NOT_FOUND");
  });

  await check("group:update is the owner's", async () => {
    const renamed = (await a.ask("group:update", { id: group.id, name: "Cooks", cid: "g-3" })).group;
    equal(renamed.name, "Cooks");
    await changed(b, (one) => one.group?.name === "Cooks");
    equal(await b.refused("group:update", { id: group.id, name: "x" }), "FORBIDDEN");
    equal(await e.refused("group:update", { id: group.id, name: "x" }), "NOT_FOUND");
    equal(await a.refused("group:update", { id: group.id, name: " " }), "BAD_REQUEST");
  });

  await check("whoever is removed or leaves hears nothing more; the owner is inherited", async () => {
    equal(await b.refused("group:remove", { id: group.id, userId: cat.user.id }), "FORBIDDEN");
    equal(await a.refused("group:remove", { id: group.id, userId: eve.user.id }), "NOT_FOUND");
    equal(await a.refused("group:remove", { id: group.id, userId: ann.user.id }), "CONFLICT");
    const remove = { id: group.id, userId: cat.user.id, cid: "g-4" };
    const removed = await a.ask("group:remove", remove);
    equal(await a.ack("group:remove", remove), { ok: true, data: removed, dup: true });
    for (const tab of [b, c, d]) await changed(tab, (one) => one.id === group.id && one.left === cat.user.id);
    equal(await a.ask("group:leave", { id: group.id, cid: "g-5" }), {});
    equal(await a.ack("group:leave", { id: group.id, cid: "g-5" }), { ok: true, data: {}, dup: true });
    equal((await changed(b, (one) => one.group?.owner === ben.user.id)).group.members.length, 2);
    await changed(second, (one) => one.left === ann.user.id);
    const last = (await d.ask("message:send", { stream: group.stream, body: "the two of us" })).message;
    await said(b, last.id);
    for (const tab of [a, second, c]) {
      await tab.ask("session:hello");
      equal(tab.heard("message:new").filter((one) => one.message.id === last.id), []);
      equal(await tab.refused("message:list", { stream: group.stream }), "FORBIDDEN");
      equal(await tab.refused("group:leave", { id: group.id }), "NOT_FOUND");
    }
    for (const tab of [b, d]) await tab.ask("group:leave", { id: group.id });
    equal(await d.refused("message:send", { stream: group.stream, body: "x" }), "FORBIDDEN");
  });

  await check("a conversation is closed for writing after friend:remove, and can be read on", async () => {
    await a.ask("friend:remove", { userId: ben.user.id });
    for (const tab of [a, b]) {
      equal(await tab.refused("message:send", { stream, body: "x" }), "FORBIDDEN");
      equal(await tab.refused("message:typing", { stream }), "FORBIDDEN");
      equal((await tab.ask("message:list", { stream })).messages.length, 2);
    }
    const { items } = await b.ask("dm:list", { limit: 10 });
    equal(items.map((one) => [one.stream, one.open, one.receipt ?? null]), [[stream, false, null]]);
  });

  await check("somebody who takes part in nothing has heard nothing", async () => {
    await f.ask("session:hello");
    const own = ["presence:changed", "wallet:changed"];
    equal(f.told.filter((one) => !own.includes(one.name) || one.payload.userId), []);
  });

  for (const one of logins) one.close();
  return logins;
}
