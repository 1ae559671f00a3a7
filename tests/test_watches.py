"""Watches: each message once and in order, whether it is heard early, late, twice or not at all."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from konektor.backends import watches
from konektor.backends.bell import Alone
from konektor.backends.watches import Watch, Watches
from konektor.shapes import NOBODY, Message
from tests.conftest import until


class Shelf:
    """A store of messages, each a number; it may fail, and it counts how often it is read."""

    def __init__(self, *seqs: int) -> None:
        self.seqs = set(seqs)
        self.reads = 0
        self.broken = False

    async def after(self, seq: int, limit: int) -> list[tuple[int, int]]:
        """See Watch."""
        self.reads += 1
        if self.broken:
            raise ConnectionError("the store is away")
        return [(found, found) for found in sorted(self.seqs) if found > seq][:limit]


class Ear:
    """Who listens to a watch."""

    def __init__(self, shelf: Shelf) -> None:
        self.heard: list[int] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.watch: Watch[int] = Watch(lambda seq, item: self.heard.append(item), shelf.after, self.start)

    def start(self, work: Any) -> None:
        """Runs what the watch starts."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.ended)

    def ended(self, task: asyncio.Task[None]) -> None:
        """Forgets a task; its failure is what Tasks would log."""
        self.tasks.discard(task)
        task.exception()


@pytest.fixture
def shelf() -> Shelf:
    """An empty one."""
    return Shelf()


@pytest.fixture
def ear(shelf: Shelf) -> Ear:
    """One that has not begun."""
    return Ear(shelf)


async def test_what_comes_in_order_is_delivered_at_once(ear: Ear, shelf: Shelf) -> None:
    """Nothing is read for it, and a repeat or an older one is dropped."""
    ear.watch.begin(3)
    for seq in (4, 5, 5, 2, 6, 4):
        ear.watch.offer(seq, seq)
    assert ear.heard == [4, 5, 6]
    assert shelf.reads == 0


async def test_what_comes_before_the_beginning_waits_for_it(ear: Ear) -> None:
    """What the head has already is dropped, the rest follows it."""
    for seq in (5, 4, 3):
        ear.watch.offer(seq, seq)
    assert ear.heard == []
    ear.watch.begin(3)
    assert ear.heard == [4, 5]


async def test_what_is_out_of_order_for_a_moment_is_put_in_order(ear: Ear, shelf: Shelf) -> None:
    """The one in front comes within the patience: nothing was missing."""
    shelf.seqs = {1, 2, 3}
    ear.watch.begin(0)
    for seq in (3, 2, 1):
        ear.watch.offer(seq, seq)
    assert ear.heard == [1, 2, 3]
    await until(lambda: not ear.tasks)
    assert (ear.heard, shelf.reads) == ([1, 2, 3], 0)


async def test_what_nobody_told_of_is_read(ear: Ear, shelf: Shelf) -> None:
    """In front of the one that showed the gap, which is not delivered twice."""
    shelf.seqs = {1, 2, 3, 4}
    ear.watch.begin(0)
    ear.watch.offer(4, 4)
    await until(lambda: ear.heard == [1, 2, 3, 4])
    assert shelf.reads == 1


async def test_a_lost_tail_is_read_when_the_store_is_seen_to_have_it(ear: Ear, shelf: Shelf) -> None:
    """Also one longer than a page."""
    shelf.seqs = set(range(1, 2 * watches.AT_ONCE + 3))
    ear.watch.begin(1)
    ear.watch.seen(len(shelf.seqs))
    await until(lambda: ear.heard == list(range(2, 2 * watches.AT_ONCE + 3)))


async def test_what_may_not_be_read_any_more_holds_nobody_up(ear: Ear, shelf: Shelf) -> None:
    """Messages whose time is over are passed by; what was heard is delivered all the same."""
    shelf.seqs = {5}
    ear.watch.begin(0)
    ear.watch.offer(3, 3)
    ear.watch.offer(6, 6)
    await until(lambda: ear.heard == [3, 5, 6])
    ear.watch.offer(7, 7)
    assert ear.heard == [3, 5, 6, 7]


async def test_a_store_that_is_away_is_asked_again(ear: Ear, shelf: Shelf) -> None:
    """By the next message or look; nothing is lost."""
    shelf.seqs, shelf.broken = {1, 2, 3}, True
    ear.watch.begin(0)
    ear.watch.offer(2, 2)
    await until(lambda: shelf.reads == 1 and not ear.tasks)
    shelf.broken = False
    ear.watch.seen(3)
    await until(lambda: ear.heard == [1, 2, 3])


async def test_one_that_is_closed_reads_nothing_more(ear: Ear, shelf: Shelf) -> None:
    """Nobody is there to hear it."""
    shelf.seqs = {1}
    ear.watch.begin(0)
    ear.watch.seen(1)
    ear.watch.closed = True
    await until(lambda: not ear.tasks)
    assert (ear.heard, shelf.reads) == ([], 0)


@pytest.mark.parametrize("luck", range(20))
async def test_whatever_happens_each_is_heard_once_and_in_order(ear: Ear, shelf: Shelf, luck: int) -> None:
    """Three writers whose bells are late, doubled or lost, and looks at the store now and then."""
    dice = random.Random(luck)
    loop, later = asyncio.get_running_loop(), list[asyncio.TimerHandle]()
    started = dice.randrange(1, 30)
    for seq in range(1, 301):
        shelf.seqs.add(seq)
        for _ in range(dice.choice((0, 1, 1, 1, 2))):
            later.append(loop.call_later(dice.random() / 50, ear.watch.offer, seq, seq))
        if seq == started:
            begun = seq - dice.randrange(seq) + 1
            ear.watch.begin(begun - 1)
        if dice.random() < 0.05:
            ear.watch.seen(seq)
        if dice.random() < 0.3:
            await asyncio.sleep(dice.random() / 1000)
    await until(lambda: all(handle.when() < loop.time() for handle in later))
    ear.watch.seen(300)
    await until(lambda: ear.heard[-1:] == [300] and not ear.tasks)
    assert ear.heard == list(range(begun, 301))


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
        return [Message(f"{n:024x}", stream, n, NOBODY, "", [], "") for n in numbers][:limit]


class CountingBell(Alone):
    """Counts how often each channel is heard."""

    def __init__(self) -> None:
        self.heard: dict[str, int] = {}

    def watch(self, channel: str) -> Any:
        """One more."""
        self.heard[channel] = self.heard.get(channel, 0) + 1
        return super().watch(channel)

    def unwatch(self, channel: str) -> None:
        """One less."""
        self.heard[channel] -= 1


@pytest.fixture
def library() -> Library:
    """An open one."""
    return Library()


Made = tuple[Watches[Any], CountingBell, list[Any]]


@pytest.fixture
def made(library: Library) -> Made:
    """Watches, what they hear, and what they deliver."""
    told: list[Any] = []
    ears, bell = Ear(Shelf()), CountingBell()

    def start(work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        ears.tasks.add(task)
        task.add_done_callback(ears.ended)
        return task

    deliver: Callable[[str, int, Any], None] = lambda stream, seq, item: told.append((stream, seq))  # noqa: E731
    return Watches(deliver, lambda message: message.seq, start, bell, library), bell, told


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
    await opened.look()
    assert library.looks == 0
    library.heads_of = {"r:1990": 1}
    await opened.open("r:1990")
    library.heads_of = {"r:1990": 3}
    await opened.look()
    await until(lambda: told == [("r:1990", 2), ("r:1990", 3)])
    await opened.look()
    assert library.looks == 1
