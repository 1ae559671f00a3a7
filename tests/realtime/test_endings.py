"""How connections end, and what an application may do on the way there."""

import asyncio
import math
from enum import StrEnum
from typing import Any

import pytest
import socketio

from konektor.realtime.socketio import connection
from tests.realtime.client import Client, Poller, masked
from tests.realtime.conftest import until


async def test_a_disconnected_client_has_time_to_read_the_reason(serve: Any) -> None:
    """The connection is not reset while the client still sends; it ends when the close frame is answered."""
    running = await serve()
    async with Client(running.port) as client:
        sid = await client.join()
        running.server.push("last", "word", room=sid)
        await running.server.disconnect(sid)
        assert [await client.text(), await client.text()] == ['42["last","word"]', "41"]
        assert await client.frame() == (8, b"\x03\xe9")
        client.send(*['42["more",1]'] * 1000)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.reader.read(1), 0.1)
        client.raw(masked(8, b"\x03\xe9"))
        assert await asyncio.wait_for(client.reader.read(1), 5) == b""


@pytest.mark.parametrize("abandoned", [False, True])
async def test_a_client_that_is_disconnected_during_its_upgrade_reads_the_reason(serve: Any, abandoned: bool) -> None:
    """On the websocket that it moves to, or by polling when it gives the upgrade up."""
    running = await serve()
    async with Poller(running.port) as poller:
        await poller.join()
        async with Client(running.port, query=f"EIO=4&transport=websocket&sid={poller.sid}") as client:
            client.send("2probe")
            assert await client.text() == "3probe"
            [(sid, _session)] = running.server.manager.get_participants("/", None)
            running.server.push("last", "word", room=sid)
            await running.server.disconnect(sid)
            if abandoned:
                client.raw(masked(8, b"\x03\xe8"))
                assert await client.frame() == (8, b"\x03\xe8")
                assert await poller.get() == (200, ['42["last","word"]', "41"])
            else:
                client.send("5")
                assert [await client.text(), await client.text()] == ['42["last","word"]', "41"]
                assert await client.text() == "1"
                assert await client.frame() == (8, b"\x03\xe9")


async def test_unread_responses_are_bounded_too(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames sent ahead of others, such as the rejection of a namespace, count as unsent bytes too."""
    monkeypatch.setattr(connection, "MAX_REFUSED_CONNECTS", math.inf)
    running = await serve(cut_after=60)
    async with Client(running.port) as client, asyncio.timeout(30):
        await client.join()
        refused = masked(1, b"40/" + b"n" * 1000 + b",") * 200
        while not running.server.stats.slow:
            client.raw(refused)
            await asyncio.wait([asyncio.ensure_future(client.writer.drain())], timeout=0.2)
        assert not running.server.engine.sockets


async def test_a_rejected_client_gets_no_broadcast_of_the_namespace(serve: Any) -> None:
    """Neither after the rejection nor when it leaves before; it gets everything of its own namespace."""
    running = await serve(namespaces=("/", "/staff"))
    server, asked, answer = running.server, asyncio.Event(), asyncio.Event()

    async def connect(_sid: str, _environ: Any) -> None:
        asked.set()
        await answer.wait()
        raise socketio.exceptions.ConnectionRefusedError("FORBIDDEN")

    server.on("connect", connect, namespace="/staff")
    async with Client(running.port) as member, Client(running.port) as stranger:
        await member.join()
        assert (await stranger.text()).startswith("0")
        member.send("40/staff,")
        stranger.send("40/staff,")
        await asked.wait()
        await until(lambda: len(list(server.manager.get_participants("/staff", None))) == 2)
        server.push("audit", "secret", room=None, namespace="/staff")
        server.push("news", 1, room=None)
        stranger.send("1")
        assert await stranger.frame() == (8, b"\x03\xe8")
        answer.set()
        assert await member.text() == '44/staff,{"message":"FORBIDDEN"}'
        assert await member.text() == '42["news",1]'


async def test_a_handler_may_await_what_is_cancelled(serve: Any) -> None:
    """The event fails like any other, later ones are acked, and all disconnect handlers run."""
    running = await serve(namespaces=("/", "/other"))
    server, left = running.server, list[str]()

    async def cancelled(*_args: Any) -> None:
        task = asyncio.ensure_future(asyncio.Event().wait())
        task.cancel()
        await task

    async def gone(sid: str, reason: str) -> None:
        left.append(reason)
        await cancelled()

    server.on("bad", cancelled)
    server.on("echo", lambda sid, data: data)
    for namespace in ("/", "/other"):
        server.on("disconnect", gone, namespace=namespace)
    async with Client(running.port) as client:
        await client.join()
        await client.connect(namespace="/other")
        client.send('421["bad"]', '422["echo",2]')
        assert await client.text() == "432[2]"
    await until(lambda: len(left) == 2 and not server.tasks)
    assert not list(server.manager.get_participants("/", None))


async def test_a_handler_may_wait_for_the_callback_of_what_it_emits(serve: Any) -> None:
    """A callback, even a coroutine, does not queue behind the event that waits for it."""
    running = await serve()
    server = running.server

    async def ask(sid: str) -> str:
        answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def callback(text: str) -> None:
            answered.set_result(text)

        await server.emit("question", to=sid, callback=callback)
        return await answered

    server.on("ask", ask)
    async with Client(running.port) as client:
        await client.join()
        client.send('427["ask"]')
        assert await client.text() == '421["question"]'
        client.send('431["yes"]')
        assert await client.text() == '437["yes"]'


async def test_an_old_id_does_not_end_a_new_one(serve: Any) -> None:
    """A client disconnected twice while it reconnects stays connected."""
    running = await serve(namespaces=("/", "/a"))
    server, gate = running.server, asyncio.Event()

    async def gone(_sid: str, _reason: str) -> None:
        await gate.wait()

    server.on("disconnect", gone, namespace="/a")
    async with Client(running.port) as client:
        await client.join()
        old = await client.connect(namespace="/a")
        first = asyncio.ensure_future(server.disconnect(old, namespace="/a"))
        assert await client.text() == "41/a,"
        new = await client.connect(namespace="/a")
        await server.disconnect(old, namespace="/a")
        gate.set()
        await first
        assert server.manager.is_connected(new, "/a")


async def test_one_large_piece_ends_no_healthy_client(serve: Any) -> None:
    """Only data left unsent before counts, so a single event may be of any size."""
    running = await serve()
    text = "x" * 1_000_000
    async with Client(running.port) as client, Poller(running.port) as poller:
        sid = await client.join()
        await poller.join()
        running.server.push("news", text, room=None)
        assert await client.event() == ["news", text]
        assert await poller.get() == (200, [f'42["news","{text}"]'])
        running.server.push("more", 1, room=sid)
        assert await client.event() == ["more", 1]


async def test_room_names_need_not_be_strings(serve: Any) -> None:
    """As in python-socketio, anything hashable names one, and lists name several."""
    running = await serve()
    server = running.server
    async with Client(running.port) as client:
        sid = await client.join()
        await server.enter_room(sid, 42)
        await server.emit("one", room=42)
        await server.emit("two", room=[42, 43])
        await server.close_room(42)
        await server.emit("three", room=42)
        await server.emit("four", room=sid)
        assert [await client.text() for _ in range(3)] == ['42["one"]', '42["two"]', '42["four"]']


class Colour(StrEnum):
    """A subclass of str."""

    RED = "red"


class Name(str):
    """Another subclass of str."""

    __slots__ = ()


async def test_everything_json_supports_can_be_sent(serve: Any) -> None:
    """This includes values that msgspec rejects."""
    running = await serve()
    async with Client(running.port) as client:
        await client.join()
        running.server.push("a", {"name": Name("ada"), "colour": Colour.RED, None: 1}, room=None)
        assert await client.event() == ["a", {"name": "ada", "colour": "red", "null": 1}]
