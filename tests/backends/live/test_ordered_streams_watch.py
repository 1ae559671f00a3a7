"""A watch: each message once and in order, whether it is heard early, late, twice or not at all."""

import asyncio
import random
from typing import Any

import pytest

from konektor.backends.live import ordered_streams as watches
from konektor.backends.live.ordered_streams import OrderedStream
from tests.conftest import until


class Shelf:
    """A store of messages, each a number; it may fail or keep its answers, and it counts how often it is read."""

    def __init__(self, *seqs: int) -> None:
        self.seqs = set(seqs)
        self.reads = 0
        self.broken = False
        self.open = asyncio.Event()
        self.open.set()

    async def after(self, seq: int, limit: int) -> list[tuple[int, int]]:
        """See OrderedStream."""
        self.reads += 1
        if self.broken:
            raise ConnectionError("the store is away")
        found = [(number, number) for number in sorted(self.seqs) if number > seq][:limit]
        await self.open.wait()
        return found


class Ear:
    """Who listens to a watch."""

    def __init__(self, shelf: Shelf) -> None:
        self.heard: list[int] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.watch: OrderedStream[int] = OrderedStream(
            lambda seq, item: self.heard.append(item), shelf.after, self.start
        )

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
    shelf.seqs = set(range(1, 2 * watches.READ_BATCH + 3))
    ear.watch.begin(1)
    ear.watch.seen(len(shelf.seqs))
    await until(lambda: ear.heard == list(range(2, 2 * watches.READ_BATCH + 3)))


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


async def test_one_that_is_closed_while_it_reads_tells_nobody(ear: Ear, shelf: Shelf) -> None:
    """Another watch of the stream may be open by then, and tells of it too."""
    shelf.seqs = {1}
    shelf.open.clear()
    ear.watch.begin(0)
    ear.watch.seen(1)
    await until(lambda: shelf.reads)
    ear.watch.closed = True
    shelf.open.set()
    await until(lambda: not ear.tasks)
    assert ear.heard == []


async def test_one_that_is_closed_before_it_begins_tells_nobody(ear: Ear) -> None:
    """What was heard before is for those who had opened it."""
    ear.watch.offer(1, 1)
    ear.watch.closed = True
    ear.watch.begin(0)
    assert ear.heard == []


async def test_what_is_heard_while_it_is_read_is_not_kept(ear: Ear, shelf: Shelf) -> None:
    """It would stay for as long as the stream is watched."""
    shelf.seqs = {1, 2, 3}
    shelf.open.clear()
    ear.watch.begin(0)
    ear.watch.offer(2, 2)
    await until(lambda: shelf.reads)
    ear.watch.offer(3, 30)
    shelf.open.set()
    await until(lambda: not ear.tasks)
    assert (ear.heard, ear.watch._early) == ([1, 2, 30], {})


@pytest.mark.parametrize("read", [False, True], ids=["heard", "read"])
async def test_a_change_waits_for_the_message_it_is_about(ear: Ear, shelf: Shelf, read: bool) -> None:
    """A deletion that goes before the words would leave them there."""
    shelf.seqs = {1, 2}
    ear.watch.add(-1)
    ear.watch.begin(0)
    ear.watch.offer(2, 2)
    ear.watch.add(-2)
    assert ear.heard == [-1]
    if not read:
        ear.watch.offer(1, 1)
    await until(lambda: ear.heard == [-1, 1, 2, -2])
    ear.watch.add(-3)
    assert ear.heard[-1] == -3


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
