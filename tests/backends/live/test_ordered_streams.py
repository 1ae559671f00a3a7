"""OrderedStreams: every stream that somebody listens to is heard once, from its opening to its close."""

import asyncio
from typing import Any

import pytest

from konektor.backends.live.ordered_streams import OrderedStreams
from konektor.backends.live.pubsub import LocalOnly
from konektor.flow.batching import Tasks
from konektor.shapes import DELETED_AUTHOR, Message
from tests.conftest import until


class Library:
    """A store of streams."""

    def __init__(self) -> None:
        self.heads_of: dict[str, int] = {}
        self.open = asyncio.Event()
        self.open.set()
        self.looks = 0

    async def head(self, stream: str) -> int:
        """The head, once the library is open."""
        await self.open.wait()
        return self.heads_of[stream]

    async def heads(self, streams: list[str]) -> dict[str, int]:
        """All heads."""
        self.looks += 1
        return {stream: self.heads_of[stream] for stream in streams}

    async def after(self, stream: str, seq: int, limit: int) -> list[Message]:
        """Made as they are read."""
        numbers = range(seq + 1, self.heads_of[stream] + 1)
        return [
            Message(id=f"{n:024x}", stream=stream, seq=n, from_=DELETED_AUTHOR, body="", reactions=[], created_at="")
            for n in numbers
        ][:limit]


class CountingBell(LocalOnly):
    """Counts how often each channel is heard."""

    def __init__(self) -> None:
        self.heard: dict[str, int] = {}

    def subscribe(self, channel: str) -> Any:
        """One more."""
        self.heard[channel] = self.heard.get(channel, 0) + 1
        return super().subscribe(channel)

    def unsubscribe(self, channel: str) -> None:
        """One less."""
        self.heard[channel] -= 1


@pytest.fixture
def library() -> Library:
    """An open one."""
    return Library()


Made = tuple[OrderedStreams[Any], CountingBell, list[Any]]


@pytest.fixture
def made(library: Library) -> Made:
    """OrderedStreams, what they hear, and what they deliver."""
    told: list[Any] = []
    bell = CountingBell()

    def deliver(stream: str, seq: int, item: Any) -> None:
        told.append((stream, seq))

    return OrderedStreams(deliver, lambda message: message.seq, Tasks().start, bell, library), bell, told


async def test_a_stream_is_heard_from_its_opening_to_its_close(made: Made, library: Library) -> None:
    """Opened together or again it is heard once."""
    opened, bell, told = made
    library.heads_of = {"r:1990": 4}
    await asyncio.gather(opened.open("r:1990"), opened.open("r:1990"))
    await opened.open("r:1990")
    watch = opened.get("r:1990")
    assert watch is not None
    watch.offer(5, 5)
    assert (told, bell.heard) == ([("r:1990", 5)], {"s:r:1990": 1})
    opened.close("r:1990")
    opened.close("r:1990")
    assert (opened.get("r:1990"), bell.heard) == (None, {"s:r:1990": 0})


async def test_a_stream_whose_head_cannot_be_read_is_not_watched(made: Made, library: Library) -> None:
    """Whoever opens it hears why, and may try again."""
    opened, bell, _ = made
    with pytest.raises(KeyError):
        await opened.open("r:1990")
    assert (opened.get("r:1990"), bell.heard) == (None, {"s:r:1990": 0})
    library.heads_of = {"r:1990": 0}
    await opened.open("r:1990")
    assert bell.heard == {"s:r:1990": 1}


async def test_a_stream_closed_while_it_opens_is_not_heard(made: Made, library: Library) -> None:
    """Opened once more meanwhile, it is heard once."""
    opened, bell, _ = made
    library.heads_of = {"r:1990": 0}
    library.open.clear()
    first = asyncio.create_task(opened.open("r:1990"))
    await until(lambda: opened.get("r:1990"))
    opened.close("r:1990")
    second = asyncio.create_task(opened.open("r:1990"))
    library.open.set()
    await asyncio.gather(first, second)
    assert bell.heard == {"s:r:1990": 1}


async def test_a_look_finds_what_no_bell_has_told_of(made: Made, library: Library) -> None:
    """And costs nothing while nobody listens."""
    opened, _, told = made
    await opened.poll_store()
    assert library.looks == 0
    library.heads_of = {"r:1990": 1}
    await opened.open("r:1990")
    library.heads_of = {"r:1990": 3}
    await opened.poll_store()
    await until(lambda: told == [("r:1990", 2), ("r:1990", 3)])
    await opened.poll_store()
    assert library.looks == 1
