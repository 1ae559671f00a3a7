"""The transport benchmark's application on python-socketio as it comes: `python -m benchmarks.stock PORT`."""

import sys
from typing import Any

import socketio
import uvloop
from aiohttp import web


def make_app() -> web.Application:
    """Rooms, echoes and messages, with the answers of the benchmark's other servers."""
    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")

    async def enter(sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        await server.enter_room(sid, f"r:{payload['label']}")
        return {"ok": True, "data": {"stream": f"r:{payload['label']}", "messages": [], "seq": 0}}

    async def echo(_sid: str, payload: Any) -> dict[str, Any]:
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
    server.on("message:send", send)
    app = web.Application()
    server.attach(app)
    return app


if __name__ == "__main__":
    web.run_app(
        make_app(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop=uvloop.new_event_loop(),
        access_log=None,
        print=None,
        backlog=4096,
    )
