// The strongest rival: the same application on Bun, by Socket.IO's own engine for it. Transport only.
//
//   bun bun.js PORT
"use strict";

const { Server: Engine } = require("@socket.io/bun-engine");
const { Server } = require("socket.io");
const { serve } = require("./app.js");

const engine = new Engine({ path: "/socket.io/" });
const io = new Server();
io.bind(engine);
serve(io, null);
const { fetch, ...handler } = engine.handler();
Bun.serve({
  ...handler,
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch: (request, server) =>
    new URL(request.url).pathname === "/healthz" ? new Response("") : fetch(request, server),
});
process.once("SIGTERM", () => process.exit(0));
