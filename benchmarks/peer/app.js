// The application of the rivals on Socket.IO, whatever it runs on: rooms, echoes and messages.
"use strict";

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

/** What a store would return, with nothing stored. */
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

/**
 * Serves on `io`; `store(socket, stream, body, cost)` keeps a message, and without it none is kept; `direct(socket,
 * payload)` sends one to a direct conversation.
 */
function serve(io, store, direct) {
  const say = ({ message, balance }, cost) => {
    io.to(message.stream).emit("message:new", { message });
    return { message, cost, balance };
  };
  const sendStored = async (socket, payload) => {
    const cost = price(socket, payload);
    return say(await store(socket, payload.stream, payload.body, cost), cost);
  };
  const sendUnstored = (socket, payload) => {
    const cost = price(socket, payload);
    return say(pretend(payload.stream, payload.body), cost);
  };
  const send = store ? sendStored : sendUnstored;
  io.on("connection", (socket) => {
    socket.on("room:enter", answering((payload) => enter(socket, payload)));
    socket.on("echo", answering(async (payload) => payload));
    socket.on("echo:plain", answering((payload) => payload));
    socket.on(
      "message:send",
      answering((payload) => (direct && payload.stream?.[0] === "d" ? direct : send)(socket, payload)),
    );
  });
}

module.exports = { answering, refuse, serve };
