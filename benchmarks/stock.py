"""The benchmarks' application on python-socketio as it comes: `python -m benchmarks.stock PORT [REDIS_URL]`."""

import sys
from typing import Any

import socketio
import uvloop
from aiohttp import web


def make_app(redis_url: str) -> web.Application:
    """Rooms, echoes and messages, with the answers of the benchmark's other servers; one of several with Redis."""
    several = socketio.AsyncRedisManager(redis_url) if redis_url else None
    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*", client_manager=several)

    async def enter(sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        await server.enter_room(sid, f"r:{payload['label']}")
        return {"ok": True, "data": {"stream": f"r:{payload['label']}", "messages": [], "seq": 0}}

    async def echo(_sid: str, payload: Any) -> dict[str, Any]:
        return {"ok": True, "data": payload}

    def echo_plain(_sid: str, payload: Any) -> dict[str, Any]:
        return {"ok": True, "data": payload}

    async def send(_sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        message = {
            "id": "65f0c0ffee65f0c0ffee65f0",
            "stream": payload["stream"],
            "seq": 1,
            "from": {"id": "65f0c0ffee65f0c0ffee65f1", "username": "member-12345"},
            "body": payload["body"],
            "createdAt": "2026-05-17T12:00:00.000Z",
        }
        await server.emit("message:new", {"message": message}, room=payload["stream"])
        return {"ok": True, "data": {"message": message, "cost": len(payload["body"]), "balance": 0}}

    server.on("room:enter", enter)
    server.on("echo", echo)
    server.on("echo:plain", echo_plain)
    server.on("message:send", send)
    app = web.Application()
    server.attach(app)
    return app


if __name__ == "__main__":
    web.run_app(
        make_app("".join(sys.argv[2:])),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop=uvloop.new_event_loop(),
        access_log=None,
        print=None,
        backlog=4096,
    )
