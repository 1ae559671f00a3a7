"""The Engine.IO server used alone."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession

from konektor.realtime import create_engine
from tests.realtime.client import Client, masked
from tests.realtime.conftest import until

ENGINE = "engine.io"


async def test_connect_message_and_disconnect_handlers_run_in_order(listen: Any) -> None:
    """With the session's id, the environ and the reason."""
    engine, heard = create_engine(), list[Any]()
    engine.on("connect", lambda sid, environ: heard.append(("connect", environ["REMOTE_ADDR"])))
    engine.on("message", lambda sid, data: heard.append(data))
    engine.on("disconnect", lambda sid, reason: heard.append(reason))
    async with Client(await listen(engine), ENGINE) as client:
        await client.text()
        client.send("4a", "4b", "1")
        await until(lambda: len(heard) == 4)
    assert heard == [("connect", "127.0.0.1"), "a", "b", "client disconnect"]


async def test_slow_handlers_keep_the_order(listen: Any) -> None:
    """The second message waits for the first."""
    engine, heard, gate = create_engine(), list[str](), asyncio.Event()

    async def message(_sid: str, data: str) -> None:
        if data == "a":
            await gate.wait()
        heard.append(data)

    engine.on("message", message)
    async with Client(await listen(engine), ENGINE) as client:
        await client.text()
        client.send("4a", "4b")
        await until(lambda: engine.stats.frames_in == 2)
        assert not heard
        gate.set()
        await until(lambda: heard == ["a", "b"])


async def test_a_refused_session_is_answered_401(listen: Any) -> None:
    """On both transports, by the connect handler's False or failure."""
    engine = create_engine()
    engine.on("connect", lambda sid, environ: False)
    port = await listen(engine)
    async with Client(port, ENGINE) as client:
        assert client.status == 401
    url = f"http://127.0.0.1:{port}/engine.io/?EIO=4&transport=polling"
    async with ClientSession() as http, http.get(url) as response:
        assert response.status == 401
    assert not engine.sockets


async def test_anything_can_be_sent(listen: Any) -> None:
    """Text and bytes are sent unchanged, other values as JSON; an unknown session is ignored."""
    engine = create_engine()
    port = await listen(engine)
    async with Client(port, ENGINE) as client:
        await client.text()
        [sid] = engine.sockets
        for data in ("text", b"bytes", {"a": 1}):
            await engine.send(sid, data)
        await engine.send("nobody", "text")
        assert [await client.frame() for _message in range(3)] == [(1, b"4text"), (2, b"bytes"), (1, b'4{"a":1}')]


async def test_binary_is_refused_unless_allowed(listen: Any) -> None:
    """By closing."""
    async with Client(await listen(create_engine()), ENGINE) as client:
        await client.text()
        client.raw(masked(2, b"x"))
        assert await client.ending() == 1002


async def test_disconnect_ends_one_or_all(listen: Any) -> None:
    """With a close frame."""
    engine = create_engine()
    port = await listen(engine)
    async with Client(port, ENGINE) as one, Client(port, ENGINE) as two:
        await one.text()
        await two.text()
        await engine.disconnect(next(iter(engine.sockets)))
        assert await one.ending() == 1001
        await engine.disconnect()
        assert await two.ending() == 1001


async def test_a_failing_handler_is_logged_and_the_session_goes_on(
    listen: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether it is a function or a coroutine."""
    engine = create_engine()

    async def fail(_sid: str, _data: str) -> None:
        raise RuntimeError("a bug")

    async with Client(await listen(engine), ENGINE) as client:
        await client.text()
        for handler in (lambda sid, data: 1 / 0, fail):
            engine.on("message", handler)
            client.send("4x")
            await until(lambda: caplog.records)
            caplog.clear()
        assert engine.stats.sockets == 1
