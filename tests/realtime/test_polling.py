"""The long-polling transport beyond the tests of the protocol."""

import asyncio
from typing import Any

import socketio

from konektor.realtime.engineio.frames import BINARY, frame, text_frame
from konektor.realtime.engineio.polling import payload
from tests.realtime.client import Client, Poller
from tests.realtime.conftest import until, waiting


def test_frames_become_packets() -> None:
    """Joined ones too; bytes as base64."""
    response = payload([text_frame(b"4a") + frame(BINARY, b"\x01\x02"), text_frame(b"2")])
    assert response.body == b"4a\x1ebAQI=\x1e2"
    assert response.content_type == "text/plain"


async def test_a_post_waits_for_room_in_the_mailbox(serve: Any) -> None:
    """A client that sends faster than its events are handled waits; nothing is lost."""
    running = await serve(mailbox_events=2)
    gate, done = asyncio.Event(), list[int]()

    async def work(_sid: str, number: int) -> None:
        await gate.wait()
        done.append(number)

    running.server.on("work", work)
    async with Poller(running.port) as poller:
        await poller.join()
        post = asyncio.create_task(poller.post(*(f'42["work",{number}]' for number in range(50))))
        await until(lambda: running.server.engine.sockets[poller.sid].paused)
        assert not post.done()
        gate.set()
        assert await post == 200
        await until(lambda: len(done) == 50)
    assert done == list(range(50))


async def test_the_last_packets_of_a_closed_session_can_be_fetched_once(serve: Any) -> None:
    """They are the reason for the client and the close packet after it."""
    running = await serve()
    async with Poller(running.port) as poller:
        await poller.join()
        [(sid, _session)] = running.server.manager.get_participants("/", None)
        running.server.push("session:ended", {}, room=sid)
        await running.server.disconnect(sid)
        assert await poller.get() == (200, ['42["session:ended",{}]', "41"])
        assert await poller.get() == (200, ["1"])
        assert (await poller.get())[0] == 400


async def test_the_close_packet_goes_alone_to_a_waiting_poll_too(serve: Any) -> None:
    """The official client acts on it at once, and drops what came in the same payload."""
    running = await serve()
    async with Poller(running.port) as poller:
        sid, poll = await waiting(running, poller)
        running.server.push("session:ended", {}, room=sid)
        await running.server.disconnect(sid)
        assert await poll == (200, ['42["session:ended",{}]', "41"])
        assert await poller.get() == (200, ["1"])
        assert (await poller.get())[0] == 400


async def test_a_waiting_poll_is_answered_when_something_is_sent(serve: Any) -> None:
    """With everything that was sent in that turn."""
    running = await serve()
    async with Poller(running.port) as poller:
        await poller.join()
        poll = asyncio.create_task(poller.get())
        await until(lambda: running.server.engine.sockets[poller.sid].poll is not None)
        running.server.push("a", 1, room=None)
        running.server.push("b", 2, room=None)
        assert await poll == (200, ['42["a",1]', '42["b",2]'])


async def test_answers_are_never_cached(serve: Any) -> None:
    """No proxy may cache them."""
    running = await serve()
    url = f"http://127.0.0.1:{running.port}/socket.io/?EIO=4&transport=polling"
    async with Poller(running.port) as poller, poller.http.get(url) as response:
        assert response.headers["Cache-Control"] == "no-store"


async def test_a_body_that_is_no_base64_ends_the_session(serve: Any) -> None:
    """Letters beyond ASCII too."""
    running = await serve()
    async with Poller(running.port) as poller:
        assert await poller.post("b\u00e9") == 400
    await until(lambda: not running.server.stats.sockets)


async def test_a_body_that_cannot_be_unpacked_ends_the_session(serve: Any) -> None:
    """It says that it is compressed, and is not."""
    running = await serve()
    async with Poller(running.port) as poller:
        url = f"http://127.0.0.1:{running.port}/socket.io/?EIO=4&transport=polling&sid={poller.sid}"
        headers = {"Content-Encoding": "deflate"}
        async with poller.http.post(url, data=b"\xff40", headers=headers, compress=None) as response:
            assert response.status == 400
    await until(lambda: not running.server.stats.sockets)


async def test_a_silent_probe_does_not_disturb_polling(serve: Any) -> None:
    """Polls keep waiting until the probe is complete."""
    running = await serve()
    async with (
        Poller(running.port) as poller,
        Client(running.port, query=f"EIO=4&transport=websocket&sid={poller.sid}"),
    ):
        await poller.join()
        waiting = asyncio.create_task(poller.get())
        socket = running.server.engine.sockets[poller.sid]
        await until(lambda: socket.poll is not None)
        running.server.push("late", None, room=None)
        assert (await waiting)[1] == ['42["late"]']


async def test_a_poll_that_breaks_off_ends_the_session(serve: Any) -> None:
    """It closes with the next packet, which would otherwise be lost without notice."""
    running = await serve()
    async with Poller(running.port) as poller:
        await poller.join()
        socket = running.server.engine.sockets[poller.sid]
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        query = f"EIO=4&transport=polling&sid={poller.sid}"
        writer.write(f"GET /socket.io/?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await until(lambda: socket.poll is not None)
        writer.transport.abort()
        assert await reader.read() == b""
        async with poller.http.get(f"http://127.0.0.1:{running.port}/later") as response:
            assert response.status == 404  # by now the server knows
        running.server.push("lost", None, room=None)
        await until(lambda: socket.closed)


async def test_a_post_of_several_packets_may_be_larger_than_each(serve: Any) -> None:
    """The Python client sends all that it has in one; up to four times the largest message is taken."""
    running = await serve()
    running.server.on("echo", lambda _sid, text: len(text))
    async with Poller(running.port) as poller:
        await poller.join()
        assert await poller.post(*(f'42{number}["echo","{"x" * 60_000}"]' for number in range(4))) == 200
        assert await poller.get() == (200, [f"43{number}[60000]" for number in range(4)])
        assert await poller.post(*('42["echo",""]' for _ in range(2)), f'42["echo","{"x" * 65_536}"]') == 400
        assert (await poller.get())[0] == 400
    async with Poller(running.port) as poller:
        await poller.join()
        assert await poller.post(*(f'42["echo","{"x" * 60_000}"]' for _ in range(5))) == 400


async def test_a_burst_of_a_polling_python_client(serve: Any) -> None:
    """It puts everything into one POST and ignores the announced limit."""
    running = await serve()
    running.server.on("echo", lambda _sid, text: text)
    client = socketio.AsyncClient(reconnection=False)
    await client.connect(f"http://127.0.0.1:{running.port}", transports=["polling"], wait_timeout=30)
    texts = [f"{number}" * 1000 for number in range(40)]
    assert await asyncio.gather(*(client.call("echo", text) for text in texts)) == texts
    await client.disconnect()
