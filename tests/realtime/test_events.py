"""Events of one session on the fast path, and what must not take it."""

import asyncio
import logging
from typing import Any

import pytest

from tests.realtime.client import Client, masked
from tests.realtime.conftest import until


def sizes(running: Any) -> list[bool]:
    """Whether each session may take the fast path now."""
    return [socket.link._fast for socket in running.server.engine.sockets.values()]


@pytest.mark.parametrize("kind", ["function", "coroutine", "waiting coroutine"])
@pytest.mark.parametrize("catch_all", [False, True])
async def test_every_kind_of_handler_acks_its_result(serve: Any, kind: str, catch_all: bool) -> None:
    """By its own name or as the catch-all; a tuple is several arguments and None is none."""
    running = await serve()

    def plain(*args: Any) -> Any:
        value = args[-1]
        return {"nothing": None, "several": (1, 2)}.get(value, value) if isinstance(value, str) else value

    async def coroutine(*args: Any) -> Any:
        if kind == "waiting coroutine":
            await asyncio.sleep(0)
        return plain(*args)

    running.server.on("*" if catch_all else "get", plain if kind == "function" else coroutine)
    async with Client(running.port) as client:
        await client.join()
        answers = {
            '"nothing"': "[]",
            '"several"': "[1,2]",
            '{"a":"é"}': '[{"a":"é"}]',
            "[1]": "[[1]]",
            "1e3": "[1000.0]",
        }
        for number, (value, answer) in enumerate(answers.items()):
            client.send(f'42{number}["get",{value}]')
            assert await client.text() == f"43{number}{answer}"
        assert sizes(running) == [True]


@pytest.mark.parametrize(
    "arguments",
    ['["get"', "[]", "[1]", '[["get"]]', '["connect"]', '["disconnect","x"]', '["get",1e999]', "[[", "[" * 900],
)
async def test_a_malformed_event_alone_in_its_frame_ends_the_connection(serve: Any, arguments: str) -> None:
    """The fast path leaves it to the general one, which is strict."""
    running = await serve()
    running.server.on("get", lambda sid, *args: args)
    async with Client(running.port) as client:
        await client.join()
        client.send("421" + arguments)
        assert await client.ending() in (1002, 1008)
        assert running.server.stats.malformed == 1


async def test_invalid_utf8_in_an_event_ends_the_connection(serve: Any) -> None:
    """With 1007, as in any text frame."""
    running = await serve()
    async with Client(running.port) as client:
        await client.join()
        client.raw(masked(1, b'421["get","\xff"]'))
        assert await client.ending() == 1007


async def test_an_event_named_star_is_handled_by_the_catch_all(serve: Any) -> None:
    """With its name, like any other."""
    running = await serve()
    running.server.on("*", lambda event, sid, *args: [event, *args])
    async with Client(running.port) as client:
        await client.join()
        assert await client.ask("*", 1) == ["*", 1]


async def test_an_unpaired_surrogate_reaches_the_handler(serve: Any) -> None:
    """The fast decoder rejects it, and the general one does not."""
    running = await serve()
    running.server.on("get", lambda sid, text: len(text))
    async with Client(running.port) as client:
        await client.join()
        client.send('421["get","\\ud800"]')
        assert await client.text() == "431[1]"


async def test_a_failing_handler_is_logged_and_gets_no_ack(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Whether it is a function or a coroutine; later events are handled."""
    running = await serve()

    def fail(_sid: str) -> None:
        raise ValueError("a bug")

    async def fail_later(_sid: str, suspend: bool) -> None:
        if suspend:
            await asyncio.sleep(0)
        raise ValueError("a bug")

    running.server.on("fail", fail)
    running.server.on("fail later", fail_later)
    running.server.on("get", lambda sid: "fine")
    async with Client(running.port) as client:
        await client.join()
        for packet in ('421["fail"]', '422["fail later",false]', '423["fail later",true]'):
            client.send(packet)
        assert await client.ask("get", number=4) == "fine"
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 3


async def test_an_event_received_while_a_handler_runs_waits_for_it(serve: Any) -> None:
    """Also when the handler reads on by itself, or has suspended."""
    running = await serve()
    log, gate = list[str](), asyncio.Event()

    async def slow(_sid: str) -> str:
        log.append("slow begins")
        await gate.wait()
        log.append("slow ends")
        return "slow"

    async def swift(_sid: str) -> str:
        log.append("swift")
        return "swift"

    running.server.on("slow", slow)
    running.server.on("swift", swift)
    async with Client(running.port) as client:
        await client.join()
        client.send('421["slow"]')
        await until(lambda: log)
        received = running.server.stats.frames_in
        client.send('422["swift"]')
        await until(lambda: running.server.stats.frames_in > received)
        gate.set()
        assert [await client.text(), await client.text()] == ['431["slow"]', '432["swift"]']
        client.send('423["swift"]')
        assert await client.text() == '433["swift"]'
    assert log == ["slow begins", "slow ends", "swift", "swift"]


@pytest.mark.parametrize("suspend", [False, True])
async def test_a_handler_may_disconnect_its_own_client(serve: Any, suspend: bool) -> None:
    """The disconnect handler runs after the event has been handled, and once."""
    running = await serve()
    log: list[str] = []

    async def leave(sid: str) -> str:
        running.server.engine.sockets[next(iter(running.server.engine.sockets))].close("transport close")
        if suspend:
            await asyncio.sleep(0)
        log.append("left")
        return "unsent"

    running.server.on("leave", leave)
    running.server.on("disconnect", lambda sid, reason: log.append(reason))
    async with Client(running.port) as client:
        await client.join()
        client.send('421["leave"]')
        assert await client.ending() == 1000
    await until(lambda: len(log) == 2 and not running.server.tasks)
    assert log == ["left", "transport close"]


async def test_what_a_handler_sends_arrives_before_its_ack(serve: Any) -> None:
    """To the client, its room, and all; an ack without it is written at once."""
    running = await serve()
    server = running.server

    async def work(sid: str) -> int:
        server.push("one", 1, room=sid)
        await server.emit("two", 2, room="a")
        server.push("three", 3, room=None)
        return 4

    server.on("work", work)
    async with Client(running.port) as client:
        server.join(await client.join(), "a")
        for _round in range(2):
            client.send('421["work"]')
            expected = ['42["one",1]', '42["two",2]', '42["three",3]', "431[4]"]
            assert [await client.text() for _packet in range(4)] == expected


async def test_the_fast_path_is_left_while_a_message_is_incomplete_or_reading_is_paused(serve: Any) -> None:
    """An event between the fragments of a message is a protocol error, and a full mailbox is not filled further."""
    running = await serve(mailbox_events=1)
    gate = asyncio.Event()

    async def work(_sid: str, number: int) -> int:
        await gate.wait()
        return number

    running.server.on("work", work)
    async with Client(running.port) as client:
        await client.join()
        client.raw(masked(1, b'420["work"', first=0))
        await until(lambda: sizes(running) == [False])
        client.raw(masked(0, b",0]"))
        await until(lambda: running.server.tasks)
        client.send('421["work",1]', '422["work",2]')
        await until(lambda: sizes(running) == [False])
        gate.set()
        assert [await client.text() for _ack in range(3)] == ["430[0]", "431[1]", "432[2]"]
        await until(lambda: sizes(running) == [True])
        client.raw(masked(1, b'420["work"', first=0))
        await until(lambda: sizes(running) == [False])
        client.send('421["work",1]')
        assert await client.ending() == 1002


async def test_a_time_limit_in_a_handler_ends_that_handler_only(serve: Any) -> None:
    """It has a task, which asyncio.timeout() cancels, from its first step on."""
    running = await serve()

    async def bounded(_sid: str, seconds: float) -> str:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.Event().wait()
        except TimeoutError:
            return "late"
        return "never"

    running.server.on("bounded", bounded)
    async with Client(running.port) as client:
        await client.join()
        for _round in range(3):
            assert await client.ask("bounded", 0.001) == "late"
