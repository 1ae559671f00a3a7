"""What waits for polls, and how much of it one of them takes."""

from typing import Any

import pytest
import socketio

from konektor.realtime.engineio.poll_queue import MOST, Backlog, most_packets
from konektor.realtime.engineio.frames import BINARY, frame, text_frame
from tests.realtime.client import Poller
from tests.realtime.conftest import until, waiting


def filled(*parts: bytes) -> Backlog:
    """A Python client's backlog of these."""
    backlog = Backlog(most_packets("Python/3.11 aiohttp/3.13.2"))
    for part in parts:
        backlog.add(part)
    return backlog


def test_a_poll_takes_so_many_packets_and_leaves_the_rest_in_order() -> None:
    """The size is that of what is left."""
    frames = [text_frame(b"4%d" % number) for number in range(2 * MOST + 1)]
    backlog = filled(*frames)
    taken = [backlog.take(ending=False), backlog.take(ending=False)]
    assert [len(backlog), backlog.size] == [1, len(frames[-1])]
    assert [*taken[0], *taken[1], *backlog.take(ending=False)] == frames
    assert [len(part) for part in taken] == [MOST, MOST]
    assert [len(backlog), backlog.size] == [0, 0]


def test_packets_that_belong_together_stay_together() -> None:
    """An event goes with its attachments, were they alone too many."""
    event = text_frame(b"42") + 10 * frame(BINARY, b"\x01")
    huge = text_frame(b"42") + 2 * MOST * frame(BINARY, b"\x01")
    backlog = filled(event, event, huge)
    assert [backlog.take(ending=False) for _ in range(4)] == [[event], [event], [huge], []]


def test_the_end_goes_alone() -> None:
    """Behind everything else, however many polls that takes."""
    frames = [text_frame(b"4%d" % number) for number in range(MOST + 2)]
    backlog = filled(*frames)
    assert [backlog.take(ending=True) for _ in range(3)] == [frames[:MOST], frames[MOST:-1], frames[-1:]]


@pytest.mark.parametrize("agent", ["", "Mozilla/5.0 (X11; Linux x86_64)", "node-XMLHttpRequest"])
def test_others_take_everything_in_one_poll(agent: str) -> None:
    """They can, and have a long way to the server."""
    frames = [text_frame(b"4%d" % number) for number in range(1000)]
    backlog = Backlog(most_packets(agent))
    for frame_ in frames:
        backlog.add(frame_)
    assert (backlog.take(ending=True), backlog.take(ending=True)) == (frames[:-1], frames[-1:])


async def test_a_burst_to_a_polling_python_client(serve: Any) -> None:
    """It gives up over a payload of more packets than it expects, and hears all of them in several."""
    running = await serve()
    heard, ends = list[int](), list[str]()
    client = socketio.AsyncClient(reconnection=False)
    client.on("said", heard.append)
    client.on("disconnect", ends.append)
    await client.connect(f"http://127.0.0.1:{running.port}", transports=["polling"])
    for number in range(300):
        running.server.push("said", number, room=None)
    await until(lambda: len(heard) == 300 or bool(ends))
    assert (heard, ends) == (list(range(300)), [])
    await client.disconnect()


async def test_the_last_words_are_fetched_by_as_many_polls_as_they_need(serve: Any) -> None:
    """The session lingers until the packet that ends it was taken."""
    running = await serve()
    async with Poller(running.port) as poller:
        sid, poll = await waiting(running, poller)
        for number in range(MOST + 1):
            running.server.push("said", number, room=sid)
        await running.server.disconnect(sid)
        got = [await poll, await poller.get(), await poller.get()]
        assert [status for status, _packets in got] == [200, 200, 200]
        assert got[0][1] + got[1][1] == [*(f'42["said",{number}]' for number in range(MOST + 1)), "41"]
        assert got[2][1] == ["1"]
        assert (await poller.get())[0] == 400
