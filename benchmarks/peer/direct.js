// The direct messages of the rival: it reads whether the two are friends and the balance for the ack, takes the next seq
// in one write, and stores the message in another.
"use strict";

const { refuse } = require("./app.js");

/** Keeps a message and tells both; nothing repairs what is half done when the process dies between the two writes. */
async function send(io, db, member, { stream, body }) {
  if (typeof stream !== "string" || typeof body !== "string" || body === "" || [...body].length > 2000) {
    refuse("BAD_REQUEST");
  }
  const [friends, user] = await Promise.all([
    db.collection("friends").findOne({ _id: stream, users: member }),
    db.collection("users").findOne({ _id: member }),
  ]);
  if (!friends || !user) refuse("FORBIDDEN");
  const at = new Date();
  const conversation = await db
    .collection("conversations")
    .findOneAndUpdate(
      { _id: stream, users: member },
      { $inc: { seq: 1 }, $set: { at } },
      { returnDocument: "after" },
    );
  if (!conversation) refuse("FORBIDDEN");
  const row = { stream, seq: conversation.seq, from: member, body, createdAt: at };
  const { insertedId } = await db.collection("messages").insertOne(row);
  const message = { id: insertedId, stream, seq: row.seq, from: { id: member, username: user.username }, body, createdAt: at };
  io.to(conversation.users.map((user) => `m:${user}`)).emit("message:new", { message });
  return { message, cost: 0, balance: user.balance };
}

module.exports = { send };
