"""What hostile or broken clients do, one test for each thing that harmed the stock server."""

import asyncio
import json
import socket as sockets
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konektor.realtime import create_server
from konektor.realtime.socketio.connection import MAX_REFUSED_CONNECTS
from tests.realtime.client import Client, Poller, masked
from tests.realtime.conftest import Running, serving, until

MALFORMED = [
    "4abc", "4", "42", "42{}", "42[]", "42[1]", "42[null]", '42["a"', '42abc["a"]', '4212345678901234567["a"]',
    '42-1["a"]', '42 1["a"]', '42٣["a"]', '42["a",NaN]', '42["a",Infinity]', '42["\\ud800",NaN]', "43[]", "43", "431{}",
    '44{"message":"no"}', "47", "48[]", "40[]", '40"a"', "401", "40{}{}", '40{"a":', "411", "41{}", '42/nowhere,["a"]',
    "abc", "", "7", '42["a"]x', "2", "5", "0{}", "3probe", "42" + "[" * 20000 + "]" * 20000, '421/,["a"]',
]  # fmt: skip
RESERVED = ["connect", "disconnect", "connect_error", "disconnecting", "newListener", "removeListener"]


@pytest.fixture
async def running(serve: Any) -> Running:
    """A server that answers every event with its name and arguments."""
    running = await serve()
    running.server.on("*", lambda event, _sid, *args: {"event": event, "args": args})
    return running


@pytest.mark.parametrize("packet", MALFORMED)
async def test_a_malformed_packet_left_the_socket_open(
    running: Running, packet: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It ends the connection at once, is counted, and logs nothing."""
    async with Client(running.port) as client:
        await client.join()
        began = time.perf_counter()
        client.send(packet)
        assert await client.ending() == 1002
        assert time.perf_counter() - began < 10  # silence would end it after 45 s
    assert running.server.stats.malformed == 1
    assert not caplog.records


@pytest.mark.parametrize("name", RESERVED)
async def test_a_client_event_named_like_the_library_ran_the_application(serve: Any, name: str) -> None:
    """It ends the connection before any handler; the disconnect handler runs for the real end only."""
    running = await serve()
    heard: list[str] = []
    running.server.on("connect", lambda sid, environ: heard.append("connect"))
    running.server.on("disconnect", lambda sid, reason: heard.append(reason))
    running.server.on("*", lambda event, sid, *args: heard.append(event))
    async with Client(running.port) as client:
        await client.join()
        client.send("42" + json.dumps([name, {}]))
        assert await client.ending() == 1002
        await until(lambda: len(heard) == 2)
    assert heard == ["connect", "transport error"]


async def test_a_client_that_used_a_reserved_name_never_learned_why(serve: Any) -> None:
    """If the options have an answer for it, the ack is sent before the connection ends."""
    running = await serve(reserved_answer={"ok": False})
    async with Client(running.port) as client:
        await client.join()
        client.send('427["disconnect",{}]')
        assert await client.text() == '437[{"ok":false}]'
        assert await client.ending() == 1002


async def test_an_event_named_star_reached_the_catch_all_without_its_name(running: Running) -> None:
    """It is an event like any other."""
    async with Client(running.port) as client:
        await client.join()
        assert await client.ask("*", 1) == {"event": "*", "args": [1]}


async def test_a_failing_handler_killed_the_connection(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once with its traceback, and the connection goes on."""
    running = await serve()

    async def fail(_sid: str) -> None:
        raise RuntimeError("a bug")

    running.server.on("fail", fail)
    running.server.on("echo", lambda sid, data: data)
    async with Client(running.port) as client:
        await client.join()
        client.send('421["fail"]')
        assert await client.ask("echo", "still here", number=2) == "still here"
    assert [(record.name, record.exc_info is not None) for record in caplog.records] == [("konektor.realtime", True)]
    caplog.clear()


async def test_events_of_one_socket_overtook_each_other(serve: Any) -> None:
    """The slow first one is finished before the quick second one begins."""
    running = await serve()
    gate, order = asyncio.Event(), []

    async def slow(_sid: str) -> None:
        await gate.wait()
        order.append("slow")

    running.server.on("slow", slow)
    running.server.on("quick", lambda sid: order.append("quick"))
    async with Client(running.port) as client:
        await client.join()
        client.send('421["slow"]', '422["quick"]')
        async with Client(running.port) as other:
            await other.join()
            other.send('423["quick"]')
            assert await other.text() == "433[]"
        gate.set()
        assert [await client.text(), await client.text()] == ["431[]", "432[]"]
    assert order == ["quick", "slow", "quick"]


async def test_handlers_of_one_socket_piled_up(serve: Any) -> None:
    """A full mailbox stops the reading; everything is handled when it moves again."""
    running = await serve(mailbox_events=4)
    gate, done = asyncio.Event(), []

    async def work(_sid: str, number: int) -> None:
        await gate.wait()
        done.append(number)

    running.server.on("work", work)
    async with Client(running.port) as client:
        await client.join()
        for number in range(500):
            client.send(f'42["work",{number}]')
        socket = next(iter(running.server.engine.sockets.values()))
        await until(lambda: socket.paused)
        assert running.server.stats.frames_in < 20
        gate.set()
        await until(lambda: len(done) == 500)
    assert done == list(range(500))


async def test_read_marks_of_a_busy_socket_were_all_handled(serve: Any) -> None:
    """Only the latest of the waiting events runs, and its result acks the others too."""
    running = await serve(coalesce={"read": lambda mark: mark["stream"]})
    gate, done = asyncio.Event(), []

    async def read(_sid: str, mark: dict[str, Any]) -> int:
        await gate.wait()
        done.append((mark["stream"], mark["seq"]))
        return int(mark["seq"])

    running.server.on("read", read)
    async with Client(running.port) as client:
        await client.join()
        marks = [("a", 1), ("a", 2), ("b", 5), ("a", 3), ("a", 4)]
        client.send(
            *(f'42{number}["read",{json.dumps({"stream": s, "seq": q})}]' for number, (s, q) in enumerate(marks))
        )
        client.send('429["read","not an object"]', "41")
        await until(lambda: running.server.stats.frames_in >= 8)
        gate.set()
        acks = [await client.text() for _ack in marks]
    assert done == [("a", 1), ("b", 5), ("a", 4)]
    assert acks == ["430[1]", "432[5]", "431[4]", "433[4]", "434[4]"]


@pytest.mark.parametrize("first", ['451-["a",{"_placeholder":true,"num":0}]', "binary"])
async def test_binary_was_accepted_from_anyone(running: Running, first: str) -> None:
    """It ends the connection unless it is allowed."""
    async with Client(running.port) as client:
        await client.join()
        client.raw(masked(2, b"\x01")) if first == "binary" else client.send(first)
        assert await client.ending() == 1002


@pytest.mark.parametrize(
    "packets",
    [
        ['4511-["a"]'],
        ['451-["a",{"_placeholder":true,"num":1}]', b"x"],
        ['451-["a",{"_placeholder":true,"num":-1}]', b"x"],
        ['451-["a",{"_placeholder":true,"num":"0"}]', b"x"],
        ['451-["a",{"_placeholder":true,"num":0}]', '42["b"]'],
        [b"x"],
        ['45["a"]'],
        ['421-["a"]'],
    ],
)
async def test_attachments_were_held_without_bound(serve: Any, packets: list[str | bytes]) -> None:
    """At most ten, each announced and each used."""
    running = await serve(allow_binary=True)
    async with Client(running.port) as client:
        await client.join()
        client.raw(b"".join(masked(2, p) if isinstance(p, bytes) else masked(1, p.encode()) for p in packets))
        assert await client.ending() == 1002


async def test_a_stalled_readers_queue_grew_without_bound(serve: Any) -> None:
    """Its connection is aborted at 256 KiB; a healthy member misses nothing and all memory is freed."""
    running = await serve()
    server = running.server
    server.on("join", lambda sid: server.join(sid, "room"))
    async with Client(running.port) as healthy:
        await healthy.join()
        await healthy.ask("join")
        stalled = Client(running.port)
        await stalled.__aenter__()
        stalled.writer.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        await stalled.join()
        await stalled.ask("join")
        stalled.writer.transport.pause_reading()  # type: ignore[attr-defined]
        payload = "x" * 20_000
        for number in range(2000):
            server.push("news", [number, payload], room="room")
            assert (await healthy.event())[1][0] == number
            if server.stats.slow:
                break
        assert server.stats.slow == 1
        await until(lambda: server.stats.sockets == 1 and not server.tasks)
        assert len(list(server.manager.get_participants("/", "room"))) == 1
        await stalled.__aexit__(None, None, None)


async def test_a_reader_that_stopped_was_kept_for_ever(serve: Any) -> None:
    """A connection with any unsent bytes for `cut_after` seconds is aborted."""
    running = await serve(cut_after=0.05, cut_above=1 << 30)
    async with Client(running.port) as client:
        sid = await client.join()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        socket = next(iter(running.server.engine.sockets.values()))
        while socket.direct_fd is not None:
            running.server.push("news", "x" * 60_000, room=sid)
            await asyncio.sleep(0)
        await until(lambda: running.server.stats.slow == 1)
        assert running.server.stats.sockets == 0


async def test_typing_filled_a_slow_readers_buffer(serve: Any) -> None:
    """Droppable events are dropped above 64 KiB; all others arrive."""
    running = await serve(cut_above=1 << 30)
    async with Client(running.port) as client:
        sid = await client.join()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        socket = next(iter(running.server.engine.sockets.values()))
        link = socket.link
        while link.transport.get_write_buffer_size() <= 65536:
            running.server.push("news", "x" * 60_000, room=sid)
            await asyncio.sleep(0)
        running.server.push("typing", {}, room=sid, droppable=True)
        running.server.push("last", {}, room=sid)
        await asyncio.sleep(0)
        client.writer.transport.resume_reading()  # type: ignore[attr-defined]
        names = set()
        while "last" not in names:
            names.add((await client.event())[0])
        assert names == {"news", "last"}
    assert running.server.stats.dropped == 1


async def test_a_polling_client_that_never_polls_was_kept_for_ever(serve: Any) -> None:
    """Its queue is bounded like that of a websocket."""
    running = await serve()
    async with Poller(running.port) as poller:
        await poller.join()
        for _number in range(6):
            running.server.push("news", "x" * 60_000, room=None)
            running.server.fanout.flush()
        await until(lambda: running.server.stats.slow == 1)
        assert (await poller.get())[0] == 400


async def test_a_post_in_two_pieces_was_lost(running: Running) -> None:
    """The whole body is read."""
    async with Poller(running.port) as poller:
        await poller.join()
        body = b'421["echo","' + b"x" * 30_000 + b'"]'
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        head = f"POST /socket.io/?EIO=4&transport=polling&sid={poller.sid} HTTP/1.1\r\nHost: x\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:100])
        await writer.drain()
        poll = asyncio.create_task(poller.get())
        await until(lambda: running.server.engine.sockets[poller.sid].poll is not None)
        writer.write(body[100:])
        assert (await reader.readline()).split()[1] == b"200"
        assert (await poll)[1][0].startswith('431[{"event":"echo"')
        writer.close()


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_huge_post_was_answered_200_and_lost(running: Running, chunked: bool) -> None:
    """The response is 400, with or without Content-Length, and the session ends."""
    body = b"4" + b"x" * 400_000

    async def pieces() -> Any:
        for start in range(0, len(body), 10_000):
            yield body[start : start + 10_000]

    async with Poller(running.port) as poller:
        assert await poller.post(body=pieces() if chunked else body) == 400
        assert (await poller.get())[0] == 400


async def test_a_post_that_never_ends_held_its_request(serve: Any) -> None:
    """408 after the body timeout."""
    running = await serve(body_timeout=0.05)
    async with Poller(running.port) as poller:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        head = f"POST /socket.io/?EIO=4&transport=polling&sid={poller.sid} HTTP/1.1\r\nHost: x\r\n"
        writer.write(f"{head}Content-Length: 10\r\n\r\n4".encode())
        assert (await reader.readline()).split()[1] == b"408"
        writer.close()


async def test_two_posts_in_parallel_mixed_their_packets(serve: Any) -> None:
    """The second ends the session."""
    running = await serve()
    async with Poller(running.port) as poller:
        _reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        head = f"POST /socket.io/?EIO=4&transport=polling&sid={poller.sid} HTTP/1.1\r\nHost: x\r\n"
        writer.write(f"{head}Content-Length: 10\r\n\r\n4".encode())
        await until(lambda: running.server.engine.sockets[poller.sid].posting)
        assert await poller.post("40") == 400
        writer.close()


async def test_a_flood_in_one_piece_starved_everyone_else(running: Running) -> None:
    """Thousands of events that arrive at once are handled in portions."""
    async with Client(running.port) as flooder, Client(running.port) as other:
        await flooder.join()
        await other.join()
        flooder.raw(b"".join(masked(1, b'42["x"]') for _event in range(5000)) + masked(1, b'421["end"]'))
        assert await other.ask("echo") == {"event": "echo", "args": []}
        assert (await flooder.text()).startswith("431[")


async def test_a_flood_of_events_in_coroutines_starved_everyone_else(serve: Any) -> None:
    """They are handled in portions, too, although none of them waits for anything."""
    running = await serve()
    handled = 0

    async def work(_sid: str) -> None:
        nonlocal handled
        handled += 1

    running.server.on("work", work)
    running.server.on("ask", lambda _sid: handled)
    async with Client(running.port) as flooder, Client(running.port) as other:
        await flooder.join()
        await other.join()
        flooder.raw(b"".join(masked(1, b'42["work"]') for _event in range(20_000)))
        await until(lambda: handled > 0)
        assert await other.ask("ask") < 10_000
        await until(lambda: handled == 20_000)


async def test_a_flood_of_refused_connects_kept_its_connection(serve: Any) -> None:
    """The connection is closed soon, because each CONNECT costs an authentication."""
    running = await serve()
    asked: list[str] = []

    async def refuse(sid: str, _environ: Any, _auth: Any) -> bool:
        asked.append(sid)
        return False

    running.server.on("connect", refuse)
    async with Client(running.port) as client:
        client.raw(b"".join(masked(1, b'40{"token":"a.b.c"}') for _connect in range(5_000)))
        assert await client.ending() in (0, 1008)
    async with Client(running.port) as client:
        client.raw(b"".join(masked(1, b"40/nowhere,") for _connect in range(5_000)))
        assert await client.ending() in (0, 1008)
    assert len(asked) == MAX_REFUSED_CONNECTS


async def test_a_flood_of_websocket_pings_filled_the_memory(running: Running) -> None:
    """A client that sends PINGs without reading is aborted."""
    async with Client(running.port) as client:
        await client.join()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        flood = masked(9, b"x" * 125) * 2000
        while not running.server.stats.slow and not client.writer.is_closing():
            client.raw(flood)
            await asyncio.sleep(0)
        await until(lambda: running.server.stats.sockets == 0)


async def test_lone_surrogates_closed_the_connection(running: Running) -> None:
    """JSON.stringify writes them, so they are data: they come back as they were sent."""
    async with Client(running.port) as client:
        await client.join()
        client.send('421["echo","\\ud800 \\ude00"]')
        assert await client.text() == '431[{"event":"echo","args":["\\ud800 \\ude00"]}]'


async def test_connect_twice_ran_the_application_twice(running: Running) -> None:
    """The second CONNECT to a namespace ends the connection."""
    async with Client(running.port) as client:
        await client.join()
        client.send("40")
        assert await client.ending() == 1002


async def test_a_client_that_left_during_its_connect_was_never_gone(serve: Any) -> None:
    """Its disconnect handler runs after its connect handler, and no state of it is left."""
    running = await serve()
    gate, heard = asyncio.Event(), []

    async def connect(sid: str, _environ: Any) -> None:
        heard.append("connecting")
        await gate.wait()
        running.server.join(sid, "room")

    running.server.on("connect", connect)
    running.server.on("disconnect", lambda sid, reason: heard.append(reason))
    async with Client(running.port) as client:
        await client.text()
        client.send("40")
        await until(lambda: heard)
    await until(lambda: running.server.stats.sockets == 0)
    gate.set()
    await until(lambda: len(heard) == 2)
    assert heard == ["connecting", "transport close"]
    assert not list(running.server.manager.get_participants("/", "room"))


async def test_everyone_came_from_127_0_0_1(serve: Any) -> None:
    """The header is believed from a trusted proxy only, and only the entry added by it."""
    seen = []
    for trusted in ((), ("127.0.0.1",)):
        running = await serve(trusted_proxies=trusted)
        running.server.on("connect", lambda sid, environ: seen.append(environ["REMOTE_ADDR"]))
        async with Client(running.port, headers="X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n") as client:
            await client.join()
    assert seen == ["127.0.0.1", "203.0.113.9"]


async def test_a_stop_took_45_seconds_without_notice_to_clients(serve: Any) -> None:
    """Running handlers are acked, clients get a close frame, disconnect handlers run, nothing is left."""
    running = await serve()
    server, heard = running.server, []
    begun = asyncio.Event()

    async def work(_sid: str) -> str:
        begun.set()
        await asyncio.sleep(0.02)
        return "done"

    server.on("work", work)
    server.on("disconnect", lambda sid, reason: heard.append(reason))
    async with Client(running.port) as client, Poller(running.port) as poller:
        await client.join()
        await poller.join()
        poll = asyncio.create_task(poller.get())
        client.send('421["work"]')
        await begun.wait()
        began = time.perf_counter()
        await server.close(5)
        await server.close(5)
        assert time.perf_counter() - began < 4.5
        assert await client.text() == '431["done"]'
        assert await client.ending() == 1001
        assert await poll == (200, ["1"])
        async with Client(running.port) as late:
            assert late.status == 503
    assert heard == ["server disconnect"] * 2
    assert not server.engine.sockets
    assert not server.tasks


CHUNKS = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.tuples(st.integers(0, 15), st.binary(max_size=200), st.sampled_from([0x80, 0, 0xC0])).map(
            lambda frame: masked(frame[0], frame[1], first=frame[2], mask=b"\x01\x02\x03\x04")
        ),
        st.text(max_size=60).map(lambda text: masked(1, text.encode(), mask=b"abcd")),
        st.from_regex(r'[0-6][0-6]?(/a,)?[0-9]{0,3}(\["[a-z]{0,5}"(,[0-9{}]{0,3})?\])?', fullmatch=True).map(
            lambda text: masked(1, text.encode(), mask=b"abcd")
        ),
    ),
    max_size=8,
)


async def _beside_a_control_client(chunks: list[bytes]) -> None:
    server = create_server()
    server.on("*", lambda event, sid, *args: [event, *args])
    async with serving(server) as port, Client(port) as control, Client(port) as hostile:
        await control.join()
        await hostile.join()
        for number, chunk in enumerate(chunks):
            if not hostile.writer.is_closing():
                hostile.raw(chunk)
            assert await control.ask("echo", number, number=number) == ["echo", number]
        assert await control.ask("last", number=99) == ["last"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(CHUNKS)
def test_any_bytes_are_parsed_or_end_their_own_connection(chunks: list[bytes]) -> None:
    """Another client loses nothing meanwhile."""
    asyncio.run(_beside_a_control_client(chunks))
