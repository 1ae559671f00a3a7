"""A small server on the engine for benchmarks and other clients: `python -m tests.realtime.echo PORT`."""

import argparse
import asyncio
import signal
from typing import Any

import uvloop
from aiohttp import web

from konektor.realtime import Engine, Server, create_engine, create_server


def socket_server(**options: Any) -> Server:
    """Rooms, echoes and messages, with the answers of the benchmark's other servers."""
    server = create_server(**options)
    many = bool(options.get("redis_url"))

    async def enter(sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        if many:
            await server.enter_room(sid, "r:" + payload["label"])
        else:
            server.join(sid, "r:" + payload["label"])
        return {"ok": True, "data": {"messages": [], "seq": 0}}

    async def echo(_sid: str, payload: Any) -> dict[str, Any]:
        return {"ok": True, "data": payload}

    def echo_plain(_sid: str, payload: Any) -> dict[str, Any]:
        return {"ok": True, "data": payload}

    async def message(_sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        written = {
            "id": "65f0c0ffee65f0c0ffee65f0",
            "stream": payload["stream"],
            "seq": 1,
            "from": {"id": "65f0c0ffee65f0c0ffee65f1", "username": "member-12345"},
            "body": payload["body"],
            "createdAt": "2026-05-17T12:00:00.000Z",
        }
        if many:
            await server.emit("message:new", {"message": written}, room=payload["stream"])
        else:
            server.push("message:new", {"message": written}, room=payload["stream"])
        return {"ok": True, "data": {"message": written, "cost": len(payload["body"]), "balance": 0}}

    server.on("room:enter", enter)
    server.on("echo", echo)
    server.on("echo:plain", echo_plain)
    server.on("message:send", message)
    return server


def protocol_server(**options: Any) -> Server:
    """The server that the official Socket.IO protocol test suite expects."""
    server = create_server(**options)
    for namespace in ("/", "/custom"):

        async def connect(sid: str, _environ: dict[str, Any], auth: Any, namespace: str = namespace) -> None:
            await server.emit("auth", auth or {}, to=sid, namespace=namespace)

        async def message(sid: str, *args: Any, namespace: str = namespace) -> None:
            await server.emit("message-back", args, to=sid, namespace=namespace)

        def answer(_sid: str, *args: Any) -> Any:
            return args

        server.on("connect", connect, namespace=namespace)
        server.on("message", message, namespace=namespace)
        server.on("message-with-ack", answer, namespace=namespace)
    return server


def engine_server(**options: Any) -> Engine:
    """An Engine.IO server that echoes every message."""
    engine = create_engine(**options)

    async def message(sid: str, data: str | bytes) -> None:
        await engine.send(sid, data)

    engine.on("message", message)
    return engine


async def serve(kind: str, port: int, options: dict[str, Any]) -> None:
    """Serves until SIGTERM or SIGINT."""
    app = web.Application()
    if kind == "engine":
        engine_server(**options).attach(app)
    else:
        (protocol_server if kind == "protocol" else socket_server)(**options).attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--engine-only", action="store_const", const="engine", dest="kind", default="socket")
    parser.add_argument("--protocol", action="store_const", const="protocol", dest="kind")
    parser.add_argument("--ping-interval", type=float, default=20.0)
    parser.add_argument("--ping-timeout", type=float, default=10.0)
    parser.add_argument("--connect-timeout", type=float, default=10.0)
    parser.add_argument("--max-frame", type=int, default=65536)
    parser.add_argument("--allow-binary", action="store_true")
    parser.add_argument("--redis-url", help="makes it one of several")
    settings = vars(parser.parse_args())
    kind, port = settings.pop("kind"), settings.pop("port")
    uvloop.run(serve(kind, port, settings))


if __name__ == "__main__":
    main()
