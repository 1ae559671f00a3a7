"""Group commit: items that arrive while a batch is written form the next batch."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

log = logging.getLogger("konektor.flow.batching")

CANCEL_AGAIN_SECONDS = 0.5
"""How long a cancelled task has to end before it is cancelled again."""
LAST_PAUSE = 0.01
"""Seconds that a pause takes at most while the process stops."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Tasks:
    """Background tasks: referenced while they run, and awaited when the process stops."""

    def __init__(self) -> None:
        self._held: set[asyncio.Task[Any]] = set()
        self._finishing = asyncio.Event()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs `work` in the background."""
        task = asyncio.get_running_loop().create_task(work)
        self._held.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Drops a task that ended. Nothing awaits it, so a failure is logged here; recovery finishes its work."""
        self._held.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            log.warning("a background task failed: %r", failure, exc_info=failure)

    async def pause(self, seconds: float) -> None:
        """Waits so long for more to do together; while the process stops, at most LAST_PAUSE."""
        if self._finishing.is_set():
            await asyncio.sleep(min(seconds, LAST_PAUSE))
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._finishing.wait()

    async def finish(self, seconds: float) -> None:
        """Ends the pauses, waits for the running tasks, and cancels those that have not ended in `seconds`. May be
        called twice.
        """
        self._finishing.set()
        try:
            await self._finish(seconds)
        finally:
            self._finishing.clear()

    async def _finish(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        # A task may start another one, which is awaited too.
        while self._held and loop.time() < deadline:
            await asyncio.wait(set(self._held), timeout=deadline - loop.time())
        # Before Python 3.12 asyncio.wait_for, which the database driver uses, may lose a cancellation.
        while late := set(self._held):
            for task in late:
                task.cancel()
            await asyncio.wait(late, timeout=CANCEL_AGAIN_SECONDS)


class Locks:
    """Locks by name; each exists while it is held or waited for."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def __call__(self, name: Hashable) -> asyncio.Lock:
        """The lock of that name."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock


Write = Callable[[list[Item]], Awaitable[Sequence[Result | Exception]]]
"""Writes a batch; returns one result or exception for each item, in their order. What it raises, every item raises."""


def _retrieve(future: "asyncio.Future[Any]") -> None:
    """Asks for the exception, or asyncio would report one that nobody has asked for."""
    if not future.cancelled():
        future.exception()


MOST_PATIENCE = 0.03
"""Seconds that a batch waits for others at most, however long the last one took."""


class Batcher(Generic[Item, Result]):
    """Hands items to `write` in batches, one batch at a time, in the order they came.

    A batch has at most `max_size` items; one that is full does not wait. `pause`: seconds that others wait for more
    items, for results that no caller waits for. `patience`: a batch waits for as many items as the last one
    had, at most this share of the time that the last one took, and never longer than MOST_PATIENCE: callers that got
    their results together tend to submit again together, and whoever comes a little later would wait for a whole batch.
    A single caller never waits.
    """

    def __init__(
        self,
        tasks: Tasks,
        write: Write[Item, Result],
        *,
        max_size: int,
        observe: Callable[[int], None] = lambda size: None,
        pause: float = 0.0,
        patience: float = 0.0,
    ) -> None:
        self._write_batch = write
        self._pause = pause
        self._patience = patience
        self._took = 0.0
        self._expected = 1
        self._complete = asyncio.Event()
        self._tasks = tasks
        self._max_size = max_size
        self._observe = observe
        self._waiting: list[tuple[Item, asyncio.Future[Result] | None]] = []
        self._writing = False

    async def submit(self, item: Item) -> Result:
        """Returns the item's result or raises its exception. The item of a cancelled caller stays in its batch."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._add(item, future)
        return await future

    def begin(self, item: Item) -> "asyncio.Future[Result]":
        """The item's result, which need not be awaited. Its batch is written also if whoever awaits it is cancelled."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_retrieve)
        self._add(item, future)
        return future

    def add(self, item: Item) -> None:
        """Hands in an item whose result nobody waits for; a failure is logged."""
        self._add(item, None)

    def _add(self, item: Item, future: "asyncio.Future[Result] | None") -> None:
        self._waiting.append((item, future))
        if len(self._waiting) >= self._expected:
            self._complete.set()
        if not self._writing:
            self._writing = True
            self._tasks.start(self._drain())

    async def _drain(self) -> None:
        """Writes batches until none of the items is left."""
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                if self._pause and len(self._waiting) < self._max_size:
                    await self._tasks.pause(self._pause)
                if self._patience and len(self._waiting) < self._expected:
                    await self._wait_for_others()
                batch, self._waiting = self._waiting[: self._max_size], self._waiting[self._max_size :]
                self._observe(len(batch))
                began = loop.time()
                await self._write(batch)
                self._took = loop.time() - began
                self._expected = min(self._max_size, len(batch) + len(self._waiting))
        finally:
            self._writing = False

    async def _wait_for_others(self) -> None:
        """Waits until as many items are there as the last batch had, as long as `patience` allows."""
        self._complete.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(MOST_PATIENCE, self._patience * self._took)):
                await self._complete.wait()

    async def _write(self, batch: list[tuple[Item, asyncio.Future[Result] | None]]) -> None:
        results: Sequence[Result | Exception]
        try:
            results = await self._write_batch([item for item, _ in batch])
        except Exception as error:
            results = [error] * len(batch)
            if any(future is None for _, future in batch):
                log.warning("a batch failed: %r", error, exc_info=error)
        for (_, future), result in zip(batch, results, strict=True):
            if future is None or future.cancelled():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
