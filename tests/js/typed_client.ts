// A client in TypeScript, compiled against the generated interfaces: what is right compiles, and is typed to the end.
import { io, type Socket } from "socket.io-client";
import type { Ack, ClientToServerEvents, Message, Room, Sent, ServerToClientEvents } from "./konektor";

const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io("https://konektor.example", {
  auth: { token: "an access token" },
});

function shown(message: Message): string {
  const badges: string[] = message.from.badges;
  return `${message.seq} ${message.from.username} ${badges.join(" ")} ${message.editedAt ?? message.createdAt}`;
}

// With a callback, as socket.io-client has it by default.
socket.emit("message:send", { stream: "r:1990-05-17", body: "hello", cid: "c-1" }, (ack) => {
  if (ack.ok) {
    const left: number = ack.data.balance;
    console.log(shown(ack.data.message), left, ack.dup === true);
  } else if (ack.error.code === "INSUFFICIENT_TOKENS") {
    console.log(ack.error.message, ack.error.limit ?? 0, ack.error.remaining ?? 0);
  }
});

// An event without a payload takes the callback alone.
socket.emit("room:list", (ack) => {
  const rooms: Room[] = ack.ok ? ack.data : [];
  console.log(rooms.map((room) => (room.kind === "date" ? room.label : `${room.unread}`)));
});

// An event whose fields may all be left out.
socket.emit("wallet:get", {}, (ack) => {
  if (ack.ok) {
    const next: string | null = ack.data.next;
    console.log(ack.data.entries.map((entry) => entry.delta), next);
  }
});

// With a promise.
export async function send(body: string): Promise<Sent> {
  const ack: Ack<Sent> = await socket.timeout(5000).emitWithAck("message:send", { stream: "r:1990", body });
  if (!ack.ok) {
    throw new Error(`${ack.error.code}: ${ack.error.message}`);
  }
  return ack.data;
}

export async function start(): Promise<void> {
  const hello = await socket.emitWithAck("session:hello");
  if (hello.ok) {
    const unread: number | undefined = hello.data.unread["r:1990-05-17"];
    console.log(hello.data.me.username, hello.data.limits.eventsPerSecond, unread);
    const offsets = Object.fromEntries(hello.data.rooms.map((room) => [`r:${room.label}`, 0]));
    await socket.emitWithAck("sync:resume", { offsets });
  }
  const done = await socket.emitWithAck("message:delete", { id: "65f0c0ffee65f0c0ffee65f0" });
  console.log(done.ok || done.error.retryAfter);
}

// What the server sends by itself.
socket.on("message:new", ({ message, cid }) => {
  const own: string | undefined = cid;
  console.log(shown(message), own);
});
socket.on("message:changed", (change) => {
  if (change.expiredUpTo !== undefined) {
    const seq: number = change.expiredUpTo;
    console.log(change.stream, seq);
  } else if (change.reactions) {
    console.log(change.reactions.map((reaction) => `${reaction.emoji} ${reaction.count}`));
  }
});
socket.on("session:ended", ({ reason }) => {
  if (reason === "shutdown") {
    socket.connect();
  }
});
