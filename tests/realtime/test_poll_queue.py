"""The queue of packets for polls, with the limit of one response."""

from typing import Any

import pytest
import socketio

from konektor.realtime.engineio.frames import BINARY, frame, text_frame
from konektor.realtime.engineio.poll_queue import MAX_PACKETS_PYTHON, PollQueue, max_packets
from tests.realtime.client import Poller
from tests.realtime.conftest import until, waiting


def filled(*parts: bytes) -> PollQueue:
    """A Python client's queue of these."""
    queue = PollQueue(max_packets("Python/3.11 aiohttp/3.13.2"))
    for part in parts:
        queue.add(part)
    return queue


def test_a_poll_takes_a_limited_number_of_packets_and_leaves_the_rest_in_order() -> None:
    """The size is that of the remaining entries."""
    frames = [text_frame(b"4%d" % number) for number in range(2 * MAX_PACKETS_PYTHON + 1)]
    queue = filled(*frames)
    taken = [queue.take(ending=False), queue.take(ending=False)]
    assert [len(queue), queue.size] == [1, len(frames[-1])]
    assert [*taken[0], *taken[1], *queue.take(ending=False)] == frames
    assert [len(part) for part in taken] == [MAX_PACKETS_PYTHON, MAX_PACKETS_PYTHON]
    assert [len(queue), queue.size] == [0, 0]


def test_packets_that_belong_together_stay_together() -> None:
    """An event stays with its attachments even if they exceed the limit."""
    event = text_frame(b"42") + 10 * frame(BINARY, b"\x01")
    huge = text_frame(b"42") + 2 * MAX_PACKETS_PYTHON * frame(BINARY, b"\x01")
    queue = filled(event, event, huge)
    assert [queue.take(ending=False) for _ in range(4)] == [[event], [event], [huge], []]


def test_the_close_packet_is_returned_alone() -> None:
    """It comes after everything else, by however many polls."""
    frames = [text_frame(b"4%d" % number) for number in range(MAX_PACKETS_PYTHON + 2)]
    queue = filled(*frames)
    assert [queue.take(ending=True) for _ in range(3)] == [
        frames[:MAX_PACKETS_PYTHON],
        frames[MAX_PACKETS_PYTHON:-1],
        frames[-1:],
    ]


@pytest.mark.parametrize("agent", ["", "Mozilla/5.0 (X11; Linux x86_64)", "node-XMLHttpRequest"])
def test_other_clients_get_everything_in_one_poll(agent: str) -> None:
    """They accept any number of packets and may have a high latency."""
    frames = [text_frame(b"4%d" % number) for number in range(1000)]
    queue = PollQueue(max_packets(agent))
    for frame_ in frames:
        queue.add(frame_)
    assert (queue.take(ending=True), queue.take(ending=True)) == (frames[:-1], frames[-1:])


async def test_a_burst_to_a_polling_python_client(serve: Any) -> None:
    """It drops the connection for too many packets in one response, and gets all of them in several."""
    running = await serve()
    heard, ends = list[int](), list[str]()
    client = socketio.AsyncClient(reconnection=False)
    client.on("said", heard.append)
    client.on("disconnect", ends.append)
    await client.connect(f"http://127.0.0.1:{running.port}", transports=["polling"], wait_timeout=30)
    for number in range(300):
        running.server.push("said", number, room=None)
    await until(lambda: len(heard) == 300 or bool(ends))
    assert (heard, ends) == (list(range(300)), [])
    await client.disconnect()


async def test_the_last_packets_can_be_fetched_by_several_polls(serve: Any) -> None:
    """The session lingers until its close packet was polled."""
    running = await serve()
    async with Poller(running.port) as poller:
        sid, poll = await waiting(running, poller)
        for number in range(MAX_PACKETS_PYTHON + 1):
            running.server.push("said", number, room=sid)
        await running.server.disconnect(sid)
        got = [await poll, await poller.get(), await poller.get()]
        assert [status for status, _packets in got] == [200, 200, 200]
        assert got[0][1] + got[1][1] == [*(f'42["said",{number}]' for number in range(MAX_PACKETS_PYTHON + 1)), "41"]
        assert got[2][1] == ["1"]
        assert (await poller.get())[0] == 400
