"""One session: sending and closing."""

import asyncio
from typing import Any

from tests.realtime.client import Client
from tests.realtime.conftest import until


async def test_an_unasked_pong_is_ignored(serve_engine: Any) -> None:
    """It does not prolong the life of the session."""
    engine = await serve_engine(ping_interval=0.1, ping_timeout=0.1)
    async with Client(engine.port, "engine.io") as client:
        await client.text()
        client.send("3", "3")
        assert await client.frame() == (1, b"2")
        assert await client.ending() == 1000


async def test_a_session_whose_reading_is_paused_does_not_time_out(serve: Any) -> None:
    """Its PONG may be in data that is not being read."""
    running = await serve(ping_interval=0.1, ping_timeout=0.1, mailbox_events=1)
    gate = asyncio.Event()

    async def work(_sid: str) -> None:
        await gate.wait()

    running.server.on("work", work)
    async with Client(running.port) as client:
        await client.join()
        client.send('42["work"]', '421["work"]', "3")
        for _ping in range(3):
            assert await client.frame() == (1, b"2")
        client.send("3")
        gate.set()
        while (frame := await client.frame()) == (1, b"2"):
            client.send("3")
        assert frame == (1, b"431[]")


async def test_the_disconnect_handler_gets_the_reason(serve: Any) -> None:
    """The reasons are those of python-socketio."""
    running = await serve(ping_interval=0.3, ping_timeout=0.1)
    heard: list[str] = []
    running.server.on("disconnect", lambda sid, reason: heard.append(reason))
    for leave in ("41", "1", "bye", None):
        async with Client(running.port) as client:
            await client.join()
            if leave is None:
                await client.ending()
            elif leave == "bye":
                client.raw(b"\x88\x80\0\0\0\0")
            else:
                client.send(leave)
            await until(lambda: len(heard) > 0)
        assert heard.pop() == {"bye": "transport close", None: "ping timeout"}.get(leave, "client disconnect")
        assert not heard


async def test_pings_pass_what_is_held_during_connect(serve: Any) -> None:
    """A slow connect handler does not make the client look dead."""
    running = await serve(ping_interval=0.05, ping_timeout=0.2)
    gate = asyncio.Event()

    async def connect(sid: str, _environ: Any) -> None:
        running.server.push("early", None, room=sid)
        await gate.wait()

    running.server.on("connect", connect)
    async with Client(running.port) as client:
        await client.text()
        client.send("40")
        assert await client.frame() == (1, b"2")
        client.send("3")
        gate.set()
        assert (await client.text()).startswith("40{")
        assert await client.event() == ["early"]
