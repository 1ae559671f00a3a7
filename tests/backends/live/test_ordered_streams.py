"""OrderedStreams: every stream that somebody listens to is heard once, from its opening to its close."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from konektor.backends.live.ordered_streams import OrderedStream, OrderedStreams
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
        self.sent_at: dict[str, list[datetime]] = {}
        self.members: dict[str, dict[str, int]] = {}

    async def head(self, stream: str) -> int:
        """The head, once the library is open."""
        await self.open.wait()
        return self.heads_of[stream]

    async def heads(self, streams: list[str]) -> dict[str, int]:
        """All heads."""
        self.looks += 1
        return {stream: self.heads_of[stream] for stream in streams}

    async def head_at(self, stream: str, at: datetime) -> int:
        """How many were sent by then, once the library is open."""
        await self.open.wait()
        return sum(sent <= at for sent in self.sent_at[stream])

    async def since(self, stream: str) -> dict[str, int] | None:
        """Those who take part in a group."""
        return self.members.get(stream)

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
        told.append((stream, seq) if stream.startswith("r:") else (seq, item))

    return (
        OrderedStreams(deliver, lambda message, since: (message.seq, since), Tasks().start, bell, library),
        bell,
        told,
    )


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


NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)


def sent(count: int) -> list[datetime]:
    """So many messages, one a minute around noon: the second is sent then."""
    return [NOON + timedelta(minutes=n - 1) for n in range(count)]


async def test_a_stream_that_nobody_enters_is_followed_from_a_moment_on(made: Made, library: Library) -> None:
    """What was sent after it is read from the store, with those who see it; no channel of its own is heard."""
    opened, bell, told = made
    library.heads_of, library.sent_at, library.members = {"g:1": 3}, {"g:1": sent(3)}, {"g:1": {"ada": 2}}
    opened.follow("g:1", NOON)
    opened.follow("g:1", NOON - timedelta(hours=1))
    followed = opened.get("g:1")
    assert followed is not None
    await until(lambda: not followed.lacks(2))
    assert followed.lacks(3)
    followed.seen(3)
    await until(lambda: told == [(3, (3, {"ada": 2}))])
    followed.offer(4, "live")
    assert told[1:] == [(4, "live")]
    await opened.poll_store()
    opened.close("g:1")
    assert (bell.heard, library.looks, opened.get("g:1")) == ({}, 0, None)


async def test_what_is_received_before_a_stream_has_begun_is_kept(made: Made, library: Library) -> None:
    """Also a message that the store says was sent before the moment; once, in order, and a change behind it."""
    opened, _, told = made
    library.heads_of, library.sent_at = {"d:1": 3}, {"d:1": sent(3)}
    library.open.clear()
    opened.follow("d:1", NOON + timedelta(minutes=1))
    followed = opened.get("d:1")
    assert followed is not None
    followed.offer(3, "third")
    followed.add("a change")
    followed.offer(4, "fourth")
    followed.offer(3, "third")
    assert told == []
    assert followed.lacks(3)
    library.open.set()
    await until(lambda: len(told) == 3)
    assert told == [(3, "third"), (4, "fourth"), (0, "a change")]
    assert [followed.lacks(seq) for seq in (2, 3, 4, 5)] == [False, False, False, True]


async def test_a_stream_that_could_not_begin_begins_anew(made: Made, library: Library) -> None:
    """When its head cannot be read it is not followed; the next that follows it tries again."""
    opened, _, told = made
    opened.follow("d:1", NOON)
    await until(lambda: opened.get("d:1") is None)
    library.heads_of, library.sent_at = {"d:1": 0}, {"d:1": []}
    opened.follow("d:1", NOON)
    followed = opened.get("d:1")
    assert followed is not None
    followed.offer(1, "first")
    await until(lambda: told == [(1, "first")])


def test_beginning_without_keeping_drops_what_is_older() -> None:
    """What the answer of an entry has is not delivered again."""
    told: list[Any] = []

    async def after(seq: int, limit: int) -> list[tuple[int, Any]]:
        return []

    def nothing(work: Any) -> None:
        work.close()

    for keeping, wanted in ((False, [4]), (True, [2, 3, 4])):
        told.clear()
        stream = OrderedStream[Any](lambda seq, item: told.append(seq), after, nothing)
        for seq in (2, 3, 4):
            stream.offer(seq, seq)
        assert all(stream.lacks(seq) for seq in (1, 2, 9))
        stream.begin(3, keeping=keeping)
        assert told == wanted
