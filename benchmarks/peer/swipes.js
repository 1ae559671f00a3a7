// The swipes of the rival: a swipe, a request or a match, and a count, as three writes one after the other.
"use strict";

const { ObjectId } = require("mongodb");
const { refuse } = require("./app.js");

const PLENTY = 1_000_000;
const DAY = 86_400_000;

/** The indexes that the queries below need. */
async function indexes(db) {
  await db.collection("swipes").createIndex({ from: 1, to: 1 }, { unique: true });
  for (const name of ["requests", "matches"]) await db.collection(name).createIndex({ to: 1, at: -1 });
}

/** Counts the swipe in the member's day; how many are used. */
async function count(db, member, day) {
  try {
    const used = await db
      .collection("quotas")
      .findOneAndUpdate(
        { _id: `${member} ${day}`, n: { $lt: PLENTY } },
        { $inc: { n: 1 } },
        { upsert: true, returnDocument: "after" },
      );
    return used.n;
  } catch (error) {
    if (error.code === 11000) refuse("QUOTA_EXCEEDED");
    throw error;
  }
}

/** Makes a swipe; nothing repairs what is half made when the process dies between two writes. */
async function swipe(io, db, member, { userId, dir }) {
  if (!/^[0-9a-f]{24}$/.test(userId ?? "") || (dir !== "right" && dir !== "left")) refuse("BAD_REQUEST");
  const [to, at] = [new ObjectId(userId), new Date()];
  const day = Math.floor(at / DAY);
  const used = await count(db, member, day);
  await db.collection("swipes").updateOne({ from: member, to }, { $set: { dir, at } }, { upsert: true });
  const answer = { remaining: PLENTY - used, resetsAt: new Date((day + 1) * DAY) };
  if (dir === "left") return { status: "ignored", ...answer };
  const met = await db.collection("swipes").findOne({ from: to, to: member, dir: "right" });
  const [kind, status] = met ? ["matches", "matched"] : ["requests", "pending"];
  const { insertedId } = await db.collection(kind).insertOne({ from: member, to, at });
  io.to(`m:${to}`).emit("request:changed", { id: insertedId, status, peer: { id: member } });
  io.to(`m:${member}`).emit("request:changed", { id: insertedId, status, peer: { id: to } });
  return { status, ...answer, ...(met && { stream: `d:${insertedId}` }) };
}

module.exports = { indexes, swipe };
