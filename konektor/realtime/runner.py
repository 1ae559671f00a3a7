"""Coroutines that are begun in one turn of the event loop, run in as few tasks as they need."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from types import coroutine
from typing import Any

Work = Coroutine[Any, Any, None]

FAILURES = (Exception, asyncio.CancelledError)
"""What may come out of the application's handlers; `report` takes it."""

logger = logging.getLogger("konektor.realtime")


def report(what: str, error: BaseException) -> None:
    """Logs a failure of the application. Raises a CancelledError again that was meant for this task."""
    task = asyncio.current_task()
    if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
        raise error
    logger.error(what, exc_info=error)


class Runner:
    """Runs coroutines, each begun in its turn at the end of this turn of the loop.

    A task for each would cost more than most of them do. Those that never wait share one, and whoever waits keeps it:
    the others go on in another, so that nobody waits for somebody else, and a task's cancellation ends one of them.
    Each has a context of its own, as in a task of its own.
    """

    __slots__ = ("_starter", "_waiting", "tasks")

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self._waiting: deque[tuple[Work, Context]] = deque()
        self._starter: asyncio.Task[None] | None = None

    def start(self, work: Work) -> None:
        """Runs `work` soon; `tasks` has a task until it has ended."""
        self._waiting.append((work, copy_context()))
        if self._starter is None:
            self._begin()

    def _begin(self) -> None:
        self._starter = asyncio.get_running_loop().create_task(self._start_all())
        self.tasks.add(self._starter)
        self._starter.add_done_callback(self._ended)

    async def _start_all(self) -> None:
        """Runs what waits to be begun, up to the first that has to wait itself."""
        while self._waiting:
            if await self._waited(*self._waiting.popleft()):
                return
        self._starter = None

    @coroutine
    def _waited(self, work: Work, context: Context) -> Generator[Any, Any, bool]:
        """Runs `work` to its end; whether it had to wait, and others go on elsewhere."""
        try:
            awaited = context.run(work.send, None)
        except StopIteration:
            return False
        self._starter = None
        if self._waiting:
            self._begin()
        step: Callable[[Any], Any]
        while True:
            try:
                value = yield awaited
            except GeneratorExit:
                work.close()
                raise
            except BaseException as error:  # a cancellation, mostly: it is for the work
                step, value = work.throw, error
            else:
                step = work.send
            try:
                awaited = context.run(step, value)
            except StopIteration:
                return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if self._starter is task:  # it was cancelled, or died of its work, before it could begin the others
            self._starter = None
            if self._waiting:
                self._begin()
