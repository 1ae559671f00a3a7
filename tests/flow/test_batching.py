"""Group commit, and the tasks that nobody awaits."""

import asyncio
import gc
from collections.abc import Sequence

import pytest

from konektor.flow import batching
from konektor.flow.batching import Batcher, Tasks
from tests.conftest import until


class Book:
    """Something to write to: it keeps each batch, and waits until it may finish."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def write(self, items: list[int]) -> Sequence[int | Exception]:
        """Answers the square of each number; 13 is refused, 666 breaks the whole batch."""
        self.batches.append(items)
        await self.open.wait()
        if 666 in items:
            raise OSError("the disk is gone")
        return [ValueError("unlucky") if item == 13 else item * item for item in items]


@pytest.fixture
def book() -> Book:
    """An empty one."""
    return Book()


async def test_what_arrives_while_a_batch_is_written_forms_the_next(book: Book) -> None:
    """The first goes alone, the others together, each in the order they came and with its own result."""
    batcher = Batcher[int, int](Tasks(), book.write, max_size=100)
    book.open.clear()
    asking = [asyncio.create_task(batcher.submit(number)) for number in range(1)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking += [asyncio.create_task(batcher.submit(number)) for number in range(1, 6)]
    await asyncio.sleep(0)
    book.open.set()
    assert await asyncio.gather(*asking) == [0, 1, 4, 9, 16, 25]
    assert book.batches == [[0], [1, 2, 3, 4, 5]]


async def test_a_batch_has_at_most_so_many(book: Book) -> None:
    """What does not fit waits for the next one, and every size is observed."""
    sizes: list[int] = []
    batcher = Batcher[int, int](Tasks(), book.write, max_size=4, observe=sizes.append)
    await asyncio.gather(*(batcher.submit(number) for number in range(10)))
    assert sizes == [4, 4, 2]
    assert book.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_one_that_fails_fails_alone(book: Book) -> None:
    """Its exception is raised for it, the others have their results."""
    batcher = Batcher[int, int](Tasks(), book.write, max_size=10)
    answers = await asyncio.gather(*(batcher.submit(n) for n in (1, 13, 3)), return_exceptions=True)
    assert [answers[0], repr(answers[1]), answers[2]] == [1, "ValueError('unlucky')", 9]


async def test_a_batch_that_breaks_tells_everybody_in_it_and_the_next_one_is_written(book: Book) -> None:
    """Nobody waits for ever."""
    batcher = Batcher[int, int](Tasks(), book.write, max_size=3)
    asked = [batcher.submit(number) for number in (1, 666, 3, 4)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError, OSError, OSError, int]
    assert await batcher.submit(5) == 25


async def test_who_goes_away_leaves_the_item_in_its_batch(book: Book) -> None:
    """It may happen all the same, and the others of the batch get their results."""
    batcher = Batcher[int, int](Tasks(), book.write, max_size=10)
    book.open.clear()
    asking = [asyncio.create_task(batcher.submit(number)) for number in (1, 2)]
    await until(lambda: book.batches)
    asking[0].cancel()
    book.open.set()
    assert await asking[1] == 4
    assert book.batches == [[1, 2]]


async def test_a_pause_gathers_company(book: Book) -> None:
    """Where nobody waits for the result, items that come a moment apart go together."""
    batcher = Batcher[int, int](Tasks(), book.write, max_size=10, pause=0.5)
    first = asyncio.create_task(batcher.submit(1))
    await asyncio.sleep(0.01)
    await asyncio.gather(first, batcher.submit(2))
    assert book.batches == [[1, 2]]


async def test_no_pause_is_waited_for_at_the_end(book: Book) -> None:
    """Neither one that has begun nor the next ones; afterwards there are pauses again."""
    tasks = Tasks()
    batcher = Batcher[int, int](tasks, book.write, max_size=10, pause=60)
    batcher.add(1)
    await asyncio.sleep(0)
    batcher.add(2)
    async with asyncio.timeout(30):
        await tasks.finish(60)
    assert book.batches == [[1, 2]]
    batcher.add(3)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await tasks.pause(60)
    assert book.batches == [[1, 2]]
    await tasks.finish(60)
    assert book.batches == [[1, 2], [3]]


async def test_those_who_were_answered_together_go_together_again(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first to come back waits for the others; one who is alone waits for nobody."""
    batcher = Batcher[int, int](Tasks(), book.write, max_size=10, patience=1e9)
    monkeypatch.setattr("konektor.flow.batching.MOST_PATIENCE", 5)
    assert await batcher.submit(0) == 0
    book.open.clear()
    asked = [asyncio.create_task(batcher.submit(number)) for number in (1, 2, 3)]
    await until(lambda: len(book.batches) == 2)
    book.open.set()
    await asyncio.gather(*asked)
    first = asyncio.create_task(batcher.submit(4))
    await asyncio.sleep(0.01)
    await asyncio.gather(first, batcher.submit(5), batcher.submit(6))
    assert book.batches == [[0], [1, 2, 3], [4, 5, 6]]


async def test_a_full_batch_does_not_wait(book: Book) -> None:
    """Neither for more items nor for those of the last batch who have not come back."""
    batcher = Batcher[int, int](Tasks(), book.write, max_size=2, pause=60, patience=1e9)
    async with asyncio.timeout(30):
        await asyncio.gather(*(batcher.submit(number) for number in range(6)))
    assert book.batches == [[0, 1], [2, 3], [4, 5]]


async def test_patience_is_short_after_a_batch_that_took_long(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that waited for a database which had stopped."""
    monkeypatch.setattr("konektor.flow.batching.MOST_PATIENCE", 0.01)
    batcher = Batcher[int, int](Tasks(), book.write, max_size=10, patience=1e9)
    async with asyncio.timeout(30):
        await asyncio.gather(*(batcher.submit(number) for number in range(3)))
        assert await batcher.submit(4) == 16


async def test_patience_ends(book: Book) -> None:
    """Who does not come back is not waited for long."""
    batcher = Batcher[int, int](Tasks(), book.write, max_size=10, patience=1)
    await asyncio.gather(*(batcher.submit(number) for number in (1, 2, 3)))
    assert await batcher.submit(4) == 16
    assert book.batches == [[1, 2, 3], [4]]


async def test_tasks_are_waited_for_at_the_end() -> None:
    """Those that end in time end by themselves, also one that a task of them has started."""
    tasks, done = Tasks(), list[int]()

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)
        if number < 3:
            tasks.start(work(number + 1))

    tasks.start(work(0))
    await tasks.finish(5)
    await tasks.finish(5)
    assert done == [0, 1, 2, 3]


async def test_a_task_that_does_not_end_is_cancelled() -> None:
    """After the given seconds, and without a complaint."""
    tasks = Tasks()
    never = tasks.start(asyncio.Event().wait())
    await tasks.finish(0.01)
    assert never.cancelled()


async def test_a_cancellation_that_gets_lost_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a loop of attempts around a driver that answers a cancellation with a result."""
    monkeypatch.setattr(batching, "CANCEL_AGAIN_SECONDS", 0.01)
    tasks, lost = Tasks(), []

    async def keep_trying() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if len(lost) == 2:
                    raise
                lost.append(True)

    never = tasks.start(keep_trying())
    await tasks.finish(0.01)
    assert (never.cancelled(), len(lost)) == (True, 2)


async def test_what_is_begun_need_not_be_awaited(book: Book, caplog: pytest.LogCaptureFixture) -> None:
    """It is written all the same, as is that of a caller who is cancelled; a failure is not logged."""
    tasks = Tasks()
    batcher = Batcher[int, int](tasks, book.write, max_size=10)
    book.open.clear()
    results = [batcher.begin(number) for number in (1, 13, 3)]
    caller = asyncio.create_task(asyncio.wait_for(results[0], 30))
    await until(lambda: book.batches)
    caller.cancel()
    book.open.set()
    await tasks.finish(5)
    assert book.batches == [[1, 13, 3]]
    assert await results[2] == 9
    del results
    gc.collect()
    assert caplog.records == []


async def test_work_behind_an_answer_that_fails_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody awaits it, so the log is where its failure is seen."""
    tasks = Tasks()

    async def fail() -> None:
        raise OSError("the disk is full")

    tasks.start(fail())
    await tasks.finish(1)
    assert "the disk is full" in caplog.text


async def test_an_item_nobody_waits_for_goes_with_the_others(book: Book, caplog: pytest.LogCaptureFixture) -> None:
    """A failure of its batch is logged."""
    tasks = Tasks()
    batcher = Batcher[int, int](tasks, book.write, max_size=10)
    batcher.add(2)
    assert await batcher.submit(3) == 9
    assert book.batches == [[2, 3]]
    assert not caplog.records
    batcher.add(666)
    await tasks.finish(1)
    assert "the disk is gone" in caplog.text
