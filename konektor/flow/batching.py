"""Group commit: what arrives while a batch is being written forms the next batch."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

log = logging.getLogger("konektor.flow.batching")

Item = TypeVar("Item")
Result = TypeVar("Result")


class Tasks:
    """Tasks that somebody started and nobody awaits; they are kept, and waited for at the end."""

    def __init__(self) -> None:
        self._held: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs `work` beside its caller."""
        task = asyncio.get_running_loop().create_task(work)
        self._held.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Forgets a task. Nobody awaits it, so a failure is told here; recovery finishes what it left."""
        self._held.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            log.warning("work behind an answer failed: %r", failure, exc_info=failure)

    async def finish(self, seconds: float) -> None:
        """Waits for what runs, cancels what has not ended in `seconds`. May be called twice."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        # What runs may start something else, and that is waited for too.
        while self._held and loop.time() < deadline:
            await asyncio.wait(set(self._held), timeout=deadline - loop.time())
        late = set(self._held)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


class Turns:
    """Locks by name, each there while somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def __call__(self, name: Hashable) -> asyncio.Lock:
        """The lock for whoever needs a turn under that name."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock


class Batcher(Generic[Item, Result]):
    """Hands items to `write` in batches, one batch at a time, in the order they came.

    `pause` is how many seconds the first item of a batch waits for company, where nobody waits for the result.
    `patience` is how many seconds at most a batch waits for those who have just been answered: they come back
    together, and the first of them should not go alone. Who is alone waits for nobody.
    """

    def __init__(
        self,
        tasks: Tasks,
        *,
        most: int,
        observe: Callable[[int], None] = lambda size: None,
        pause: float = 0.0,
        patience: float = 0.0,
    ) -> None:
        self._pause = pause
        self._patience = patience
        self._expected = 1
        self._complete = asyncio.Event()
        self._tasks = tasks
        self._most = most
        self._observe = observe
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._writing = False

    async def submit(
        self, item: Item, write: Callable[[list[Item]], Awaitable[Sequence[Result | Exception]]]
    ) -> Result:
        """The item's result, or raises its exception.

        `write` answers one result or exception for each item; what it raises, every item of the batch raises.
        A caller who is cancelled leaves the item in its batch: it may still happen.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._waiting) >= self._expected:
            self._complete.set()
        if not self._writing:
            self._writing = True
            self._tasks.start(self._drain(write))
        return await future

    async def _drain(self, write: Callable[[list[Item]], Awaitable[Sequence[Result | Exception]]]) -> None:
        """Writes batches until nobody waits."""
        try:
            while self._waiting:
                if self._pause:
                    await asyncio.sleep(self._pause)
                if self._patience and len(self._waiting) < self._expected:
                    await self._company()
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                self._observe(len(batch))
                await self._write(batch, write)
                self._expected = len(batch) + len(self._waiting)
        finally:
            self._writing = False

    async def _company(self) -> None:
        """Waits for the others, as long as patience lasts."""
        self._complete.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                await self._complete.wait()

    async def _write(
        self,
        batch: list[tuple[Item, asyncio.Future[Result]]],
        write: Callable[[list[Item]], Awaitable[Sequence[Result | Exception]]],
    ) -> None:
        results: Sequence[Result | Exception]
        try:
            results = await write([item for item, _ in batch])
        except Exception as error:
            results = [error] * len(batch)
        for (_, future), result in zip(batch, results, strict=True):
            if future.cancelled():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
