// Mistakes of a client in TypeScript: each line that does not compile says at its end with which error.
import { io, type Socket } from "socket.io-client";
import type { ClientToServerEvents, ServerToClientEvents } from "./konektor";

const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io();
const stream = "r:1990";

socket.emit("message:sned", { stream, body: "hello" }, () => {}); // TS2345: a misspelt event
socket.emit("message:send", { stream, text: "hello" }, () => {}); // TS2353: a field that the payload has not
socket.emit("message:send", { stream, body: 5 }, () => {}); // TS2322: a field of another type
socket.emit("message:send", { stream }, () => {}); // TS2345: a field is missing
socket.emit("message:send", { stream, body: "hello" }); // TS2554: the callback is missing
socket.emit("room:list", {}, () => {}); // TS2554: an event without a payload
socket.emit("message:send", { stream, body: "hello" }, (ack) => {
  console.log(ack.data.cost); // TS2339: the data of an ack that may be a refusal
  if (!ack.ok) {
    console.log(ack.data); // TS2339: the data of a refusal
    console.log(ack.error.code === "INSUFICIENT_TOKENS"); // TS2367: a code that there is not
    console.log(ack.error.limit + 1); // TS18048: a detail that most refusals do not have
  } else {
    console.log(ack.error); // TS2339: the error of an ack that is no refusal
    console.log(ack.data.message.from.avatar.length); // TS18047: a member without an avatar
    console.log(ack.data.message.expiresAt.length); // TS18048: a message that does not expire
  }
});

export async function ask(): Promise<void> {
  const ack = await socket.emitWithAck("session:hello");
  console.log(ack.data.me); // TS2339: the same with a promise
  await socket.emitWithAck("session:helo"); // TS2345: and a misspelt event
}

socket.on("message:knew", () => {}); // TS2345: a misspelt server event
socket.on("wallet:changed", ({ balance, why }) => console.log(balance, why)); // TS2339: a field that it has not
socket.on("session:ended", ({ reason }) => console.log(reason === "bored")); // TS2367: a reason that there is not
