"""Frames of one turn are written at once and in order."""

import asyncio
import socket
import struct
from typing import Any

from tests.realtime.client import Client


async def test_the_order_holds_across_rooms_and_single_clients(serve: Any) -> None:
    """Through one room, through several, with and without frames of a client's own."""
    running = await serve()
    server = running.server
    async with Client(running.port) as one, Client(running.port) as two:
        first, second = await one.join(), await two.join()
        for sid in (first, second):
            server.join(sid, "a")
        server.join(first, "b")
        plans: list[list[Any]] = [["a", first, "a", "a"], ["a", first, "b", "a", second], [first, "a", second, first]]
        number = 0
        for plan in plans:
            expected: dict[str, list[int]] = {first: [], second: []}
            for room in plan:
                number += 1
                server.push("n", number, room=room)
                for sid in expected:
                    if room == sid or room == "a" or (room == "b" and sid == first):
                        expected[sid].append(number)
            assert [(await one.event())[1] for _n in expected[first]] == expected[first]
            assert [(await two.event())[1] for _n in expected[second]] == expected[second]


async def test_events_sent_by_a_handler_arrive_before_its_ack(serve: Any) -> None:
    """Later events arrive after it, also in a burst of several events."""
    running = await serve()
    server = running.server

    def work(sid: str, number: int) -> int:
        server.push("before", number, room="a")
        return number

    async def send_buffered(sid: str, number: int) -> int:
        server.push("before", number, room=sid)
        return number

    server.on("work", work)
    server.on("later", send_buffered)
    async with Client(running.port) as client:
        server.join(await client.join(), "a")
        client.send(*(f'42{n}["{name}",{n}]' for n, name in enumerate(["work", "work", "later", "work"])))
        texts = [await client.text() for _packet in range(8)]
        assert texts == [text for n in range(4) for text in (f'42["before",{n}]', f"43{n}[{n}]")]
        server.push("after", None, room="a")
        assert await client.event() == ["after"]


async def test_a_turn_is_one_write(serve: Any) -> None:
    """A hundred events reach a member in one piece."""
    running = await serve()
    async with Client(running.port) as client:
        running.server.join(await client.join(), "a")
        for number in range(100):
            running.server.push("n", number, room="a")
        piece = await client.reader.read(1 << 20)
        assert piece.count(b'42["n",') == 100


async def test_skipped_clients_get_nothing(serve: Any) -> None:
    """They are skipped by id, also when the event is for them alone."""
    running = await serve()
    async with Client(running.port) as client:
        sid = await client.join()
        running.server.push("a", None, room=sid, skip=(sid,))
        running.server.push("b", None, room=None, skip={sid})
        running.server.push("c", None, room=[sid], skip=())
        assert await client.event() == ["c"]


async def test_sending_to_an_empty_room_is_no_error(serve: Any) -> None:
    """Rooms exist only while they have members."""
    running = await serve()
    running.server.push("a", {}, room="nowhere")
    running.server.push("a", {}, room=None, namespace="/other")
    running.server.push("a", {}, room=["nowhere"])


async def test_frames_for_a_broken_connection_never_reach_a_newer_one(serve: Any) -> None:
    """The system may reuse a file descriptor for the next connection."""
    running = await serve()
    reset = struct.pack("ii", 1, 0)
    for _round in range(50):
        async with Client(running.port) as client:
            running.server.join(await client.join(), "a")
            client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        opening = asyncio.create_task(asyncio.open_connection("127.0.0.1", running.port))
        while not opening.done() or running.server.stats.sockets:
            running.server.push("secret", None, room="a")
            await asyncio.sleep(0)
        running.server.push("secret", None, room="a")
        reader, writer = await opening
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 404")
        assert b"secret" not in answer
