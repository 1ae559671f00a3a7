// The rival: Konektor's transport and message path as a small team would write them with Socket.IO and MongoDB.
//
//   node server.js PORT               transport only: rooms, echoes and messages that are fanned out but not stored
//   node server.js PORT MONGODB_URI   the message path: signed handshake, debit, seq, insert, fan-out, ack
//
// PEER_SECRET signs the handshake tokens (HS256, claim `sub` is the member's id). GET /healthz answers 200 when ready.
"use strict";

const { createServer } = require("node:http");
const jwt = require("jsonwebtoken");
const { MongoClient, ObjectId } = require("mongodb");
const { Server } = require("socket.io");

const LONGEST = 2000;

class Refusal extends Error {}

function refuse(code) {
  throw new Refusal(code);
}

function failure(error) {
  if (!(error instanceof Refusal)) console.error(error);
  const code = error instanceof Refusal ? error.message : "INTERNAL";
  return { ok: false, error: { code, message: code } };
}

/** Acks an event with what `run` returns, or with the code that it refuses with; at once when `run` is not async. */
function answering(run) {
  return (payload, ack) => {
    try {
      const data = run(payload ?? {});
      if (data instanceof Promise) data.then((kept) => ack({ ok: true, data: kept })).catch((e) => ack(failure(e)));
      else ack({ ok: true, data });
    } catch (error) {
      ack(failure(error));
    }
  };
}

/** Lets in who shows a token that we signed, and notes the member. */
function authenticated(secret) {
  return (socket, next) => {
    try {
      const { sub } = jwt.verify(socket.handshake.auth.token, secret, { algorithms: ["HS256"] });
      socket.data.member = new ObjectId(sub);
      next();
    } catch {
      next(new Error("UNAUTHENTICATED"));
    }
  };
}

/** Three writes, one after the other: there is nothing to repair them with when the process dies between two. */
async function store(db, member, stream, body, cost) {
  const user = await db
    .collection("users")
    .findOneAndUpdate({ _id: member, balance: { $gte: cost } }, { $inc: { balance: -cost } }, { returnDocument: "after" });
  if (!user) refuse("INSUFFICIENT_TOKENS");
  const room = await db
    .collection("rooms")
    .findOneAndUpdate({ _id: stream }, { $inc: { seq: 1 } }, { upsert: true, returnDocument: "after" });
  const row = { stream, seq: room.seq, from: member, body, cost, createdAt: new Date() };
  const { insertedId } = await db.collection("messages").insertOne(row);
  const from = { id: member, username: user.username };
  return { message: { id: insertedId, stream, seq: row.seq, from, body, createdAt: row.createdAt }, balance: user.balance };
}

/** What `store` answers, with nothing stored. */
function pretend(stream, body) {
  const from = { id: "65f0c0ffee65f0c0ffee65f1", username: "member-12345" };
  return {
    message: { id: "65f0c0ffee65f0c0ffee65f0", stream, seq: 1, from, body, createdAt: "2026-05-17T12:00:00.000Z" },
    balance: 0,
  };
}

function enter(socket, { label }) {
  if (typeof label !== "string") refuse("BAD_REQUEST");
  socket.join(`r:${label}`);
  return { stream: `r:${label}`, messages: [], seq: 0 };
}

/** Checks a message; what it costs. */
function price(socket, { stream, body }) {
  if (typeof body !== "string" || body === "" || body.length > 2 * LONGEST) refuse("BAD_REQUEST");
  const cost = [...body].length;
  if (cost > LONGEST) refuse("BAD_REQUEST");
  if (!socket.rooms.has(stream)) refuse("FORBIDDEN");
  return cost;
}

function serve(io, db) {
  const say = ({ message, balance }, cost) => {
    io.to(message.stream).emit("message:new", { message });
    return { message, cost, balance };
  };
  const sendStored = async (socket, payload) => {
    const cost = price(socket, payload);
    return say(await store(db, socket.data.member, payload.stream, payload.body, cost), cost);
  };
  const sendUnstored = (socket, payload) => {
    const cost = price(socket, payload);
    return say(pretend(payload.stream, payload.body), cost);
  };
  const send = db ? sendStored : sendUnstored;
  io.on("connection", (socket) => {
    socket.on("room:enter", answering((payload) => enter(socket, payload)));
    socket.on("echo", answering((payload) => payload));
    socket.on("message:send", answering((payload) => send(socket, payload)));
  });
}

async function main(port, uri) {
  const http = createServer((request, response) => {
    response.writeHead(request.url === "/healthz" ? 200 : 404).end();
  });
  const io = new Server(http, { perMessageDeflate: false });
  const mongo = uri ? await new MongoClient(uri).connect() : null;
  const db = mongo && mongo.db("peer");
  if (db) {
    await db.collection("messages").createIndex({ stream: 1, seq: 1 }, { unique: true });
    io.use(authenticated(process.env.PEER_SECRET));
  }
  serve(io, db);
  process.once("SIGTERM", async () => {
    await io.close();
    process.exit(0);
  });
  http.listen({ port, host: "127.0.0.1", backlog: 4096 });
}

main(Number(process.argv[2]), process.argv[3]);
