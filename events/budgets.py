"""Budgets: the time that each event may take."""

import asyncio
from typing import Any

from konektor.realtime.delays import FixedDelayQueue


class Budget:
    """A context in which the current task is cancelled when the time is up, which then raises TimeoutError.

    Like asyncio.timeout, but without a timer of its own, which would cost more than the rest of most events.
    """

    __slots__ = ("_cancelling", "_expired", "_task")

    def __init__(self, task: "asyncio.Task[Any]") -> None:
        self._task: asyncio.Task[Any] | None = task
        self._cancelling = task.cancelling()
        self._expired = False

    def __enter__(self) -> None:
        """The time runs since the budget was made."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        task, self._task = self._task, None
        if (
            self._expired
            and task is not None
            and task.uncancel() <= self._cancelling  # else somebody else has cancelled it, too
            and kind is asyncio.CancelledError
        ):
            raise TimeoutError from error

    def expire(self) -> None:
        """Cancels the task, unless it has left the context."""
        if self._task is not None:
            self._expired = True
            self._task.cancel()


class Budgets:
    """Makes budgets; those of the same length share one timer."""

    def __init__(self) -> None:
        self._queues: dict[float, FixedDelayQueue[Budget]] = {}

    def begin(self, seconds: float) -> Budget:
        """A budget for the current task."""
        queue = self._queues.get(seconds)
        if queue is None:
            queue = self._queues[seconds] = FixedDelayQueue(seconds, Budget.expire)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        budget = Budget(task)
        queue.add(budget)
        return budget
