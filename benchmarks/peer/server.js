// The rival: Konektor's transport and message path as a small team would write them with Socket.IO and MongoDB.
//
//   node server.js PORT               transport only: rooms, echoes and messages that are fanned out but not stored
//   node server.js PORT MONGODB_URI   the message path: signed handshake, debit, seq, insert, fan-out, ack; swipes, direct messages
//
// PEER_SECRET signs the handshake tokens (HS256, claim `sub` is the member's id). GET /healthz answers 200 when ready.
"use strict";

const { createServer } = require("node:http");
const jwt = require("jsonwebtoken");
const { MongoClient, ObjectId } = require("mongodb");
const { Server } = require("socket.io");
const { answering, refuse, serve } = require("./app.js");
const direct = require("./direct.js");
const swipes = require("./swipes.js");

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

async function main(port, uri) {
  const http = createServer((request, response) => {
    response.writeHead(request.url === "/healthz" ? 200 : 404).end();
  });
  const io = new Server(http, { perMessageDeflate: false });
  const mongo = uri ? await new MongoClient(uri).connect() : null;
  const db = mongo && mongo.db("peer");
  if (db) {
    await db.collection("messages").createIndex({ stream: 1, seq: 1 }, { unique: true });
    await swipes.indexes(db);
    io.use(authenticated(process.env.PEER_SECRET));
    io.on("connection", (socket) => {
      const { member } = socket.data;
      socket.join(`m:${member}`);
      socket.on("swipe:send", answering((payload) => swipes.swipe(io, db, member, payload)));
    });
  }
  serve(
    io,
    db && ((socket, ...message) => store(db, socket.data.member, ...message)),
    db && ((socket, payload) => direct.send(io, db, socket.data.member, payload)),
  );
  process.once("SIGTERM", async () => {
    await io.close();
    process.exit(0);
  });
  http.listen({ port, host: "127.0.0.1", backlog: 4096 });
}

main(Number(process.argv[2]), process.argv[3]);
