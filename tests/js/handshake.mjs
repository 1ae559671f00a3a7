// Connecting: who gets in, on which transport, what every event is answered, and coming back after a break.
import { io } from "socket.io-client";
import { equal, ok, until } from "./check.mjs";
import { expired, url } from "./member.mjs";

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export async function handshake(check, { ada, transports, room }) {
  const tab = await ada.connect();

  await check("the transport is the one that was asked for", async () => {
    const engine = tab.socket.io.engine;
    await until(() => engine.transport.name === transports.at(-1), "the upgrade");
    equal(await tab.ask("session:list").then((list) => list.length), 1);
  });

  await check("session:hello has everything a client shows first", async () => {
    const hello = await tab.ask("session:hello");
    const parts = [
      "balance", "limits", "me", "notices", "plan", "pushKey", "rooms", "serverTime", "unread", "usage",
    ];
    equal(Object.keys(hello).sort(), parts);
    equal([hello.me.id, hello.me.email, hello.rooms.length], [ada.user.id, ada.email, 3]);
    ok(STAMP.test(hello.serverTime), hello.serverTime);
  });

  for (const [what, token] of [["garbage", "x.y.z"], ["no", undefined], ["a refresh", ada.refresher], ["a number as", 5]])
    await check(`${what} token is UNAUTHENTICATED`, async () => {
      const { error } = await ada.knock({ token });
      equal([error.message, error.data.code], ["UNAUTHENTICATED", "UNAUTHENTICATED"]);
      ok(error.data.message);
    });

  await check("an expired token is SESSION_EXPIRED, and a refreshed one gets in", async () => {
    const login = await ada.again();
    const { error } = await login.knock({ token: expired(login.token) });
    equal(error.message, "SESSION_EXPIRED");
    equal((await login.refresh()).status, 200);
    await (await login.connect()).ask("session:hello");
    login.close();
  });

  await check("a namespace that does not exist is refused", async () => {
    const stray = io(`${url}/nowhere`, { transports, forceNew: true, auth: { token: ada.token } });
    const error = await new Promise((resolve) => stray.once("connect_error", resolve));
    equal(error.message, "Invalid namespace");
    stray.disconnect();
  });

  const wrong = [
    ["an unknown event", "UNKNOWN_EVENT", undefined, "no:such"],
    ["two arguments", "BAD_REQUEST", undefined, "session:hello", {}, {}],
    ["a text for a payload", "BAD_REQUEST", undefined, "session:hello", "hello"],
    ["a list for a payload", "BAD_REQUEST", undefined, "session:hello", []],
    ["an unknown field", "BAD_REQUEST", "colour", "room:list", { colour: "red" }],
    ["a missing field", "BAD_REQUEST", "label", "room:enter", {}],
    ["a wrong type", "BAD_REQUEST", "limit", "room:members", { label: room, limit: "5" }],
    ["a number too large", "BAD_REQUEST", "limit", "room:members", { label: room, limit: 51 }],
    ["a text too long", "BAD_REQUEST", "body", "message:send", { stream: `r:${room}`, body: "\u{1f600}".repeat(2001) }],
    ["half a character", "BAD_REQUEST", undefined, "message:send", { stream: `r:${room}`, body: "\ud83d" }],
    ["a cid with blanks", "BAD_REQUEST", "cid", "message:send", { stream: `r:${room}`, body: "x", cid: "a b" }],
  ];
  for (const [what, code, field, ...sent] of wrong)
    await check(`${what} is ${code}${field ? ` and names ${field}` : ""}`, async () => {
      const { error } = await tab.ack(...sent);
      equal([error.code, field && error.field], [code, field]);
    });

  await check("nothing, null and an empty object are the same payload", async () => {
    for (const sent of [[], [null], [{}]]) equal((await tab.ask("room:list", ...sent)).length, 3);
  });

  await check("an event that wants no ack disturbs nothing", async () => {
    tab.socket.emit("no:such", 1, 2, 3);
    tab.socket.emit("room:list");
    ok(await tab.ask("session:hello"));
  });

  await check("a hundred events at once are answered in order", async () => {
    const order = [];
    const asked = Array.from({ length: 100 }, (_, i) => tab.ask("session:list").then(() => order.push(i)));
    await Promise.all(asked);
    equal(order, [...Array(100).keys()]);
  });

  await check("a broken connection comes back, resumes without gap or repeat, and hears what follows", async () => {
    const stream = `r:${room}`;
    const other = await (await ada.again()).connect();
    await tab.ask("room:enter", { label: room });
    const { message } = await other.ask("message:send", { stream, body: "before" });
    await tab.hears("message:new", (one) => one.message.seq === message.seq);
    tab.socket.io.engine.close();
    await until(() => tab.gone && !tab.socket.connected, "the break");
    for (const body of ["one", "two", "three"]) await other.ask("message:send", { stream, body });
    await until(() => tab.socket.connected, "coming back");
    const { streams } = await tab.ask("sync:resume", { offsets: { [stream]: message.seq } });
    equal(streams[0].messages.map((one) => one.body), ["one", "two", "three"]);
    equal([streams[0].more, streams[0].seq], [false, message.seq + 3]);
    const { message: live } = await other.ask("message:send", { stream, body: "four" });
    await tab.hears("message:new", (one) => one.message.id === live.id);
    other.login.close();
  });

  await check("a client whose token ran out during a break refreshes it and is back", async () => {
    const login = await ada.again();
    const phone = await login.connect();
    login.token = expired(login.token);
    const errors = [];
    phone.socket.on("connect_error", async (error) => {
      errors.push(error.message);
      if (error.message === "SESSION_EXPIRED") await login.refresh();
      phone.socket.connect();
    });
    phone.socket.io.engine.close();
    await until(() => errors.length && phone.socket.connected, "coming back");
    equal([...new Set(errors)], ["SESSION_EXPIRED"]);
    ok(await phone.ask("session:hello"));
    login.close();
  });
}
