"""Runs coroutines in as few tasks as possible: those started in one turn of the event loop share a task."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from types import coroutine
from typing import Any

Work = Coroutine[Any, Any, None]

FAILURES = (Exception, asyncio.CancelledError)
"""What the application's handlers may raise; to be passed to `report`."""

logger = logging.getLogger("konektor.realtime")


def report(what: str, error: BaseException) -> None:
    """Logs a failure of the application. Re-raises a CancelledError that was requested for the current task."""
    task = asyncio.current_task()
    if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
        raise error
    logger.error(what, exc_info=error)


class Runner:
    """Starts coroutines in order at the end of the current turn of the event loop.

    A task for each would cost more than most handlers do. Coroutines that never suspend share one task. One that
    suspends keeps that task to itself, and those after it continue in another one: so no coroutine waits for another,
    and cancelling a task cancels one coroutine. Each runs in its own copy of the context, as in a task of its own.
    """

    __slots__ = ("_starter", "_waiting", "tasks")

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self._waiting: deque[tuple[Work, Context]] = deque()
        self._starter: asyncio.Task[None] | None = None

    def start(self, work: Work) -> None:
        """Runs `work` soon; `tasks` contains a task until it has finished."""
        self._waiting.append((work, copy_context()))
        if self._starter is None:
            self._begin()

    def adopt(self, task: asyncio.Task[None]) -> None:
        """Adds a task that was started elsewhere to `tasks` until it has finished."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _begin(self) -> None:
        self._starter = asyncio.get_running_loop().create_task(self._start_all())
        self.tasks.add(self._starter)
        self._starter.add_done_callback(self._ended)

    async def _start_all(self) -> None:
        """Runs the queued coroutines up to the first one that suspends."""
        while self._waiting:
            if await self._drive(*self._waiting.popleft()):
                return
        self._starter = None

    @coroutine
    def _drive(self, work: Work, context: Context) -> Generator[Any, Any, bool]:
        """Runs `work` to its end; returns whether it suspended, in which case another task took over the queue."""
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
            except BaseException as error:  # usually a cancellation, which is meant for `work`
                step, value = work.throw, error
            else:
                step = work.send
            try:
                awaited = context.run(step, value)
            except StopIteration:
                return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if self._starter is task:  # it was cancelled or failed before it could start the other coroutines
            self._starter = None
            if self._waiting:
                self._begin()
