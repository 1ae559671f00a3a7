"""Runs the first step of a coroutine at once: most coroutines never suspend, so that they need no task of their own."""

import asyncio
from asyncio import _enter_task, _leave_task, current_task
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from typing import Any

from konektor.realtime.runner import Work

Continue = Callable[[Coroutine[Any, Any, Any], Context, Any], Any]


def first_step(
    loop: asyncio.AbstractEventLoop, task: "asyncio.Task[Any]", work: Coroutine[Any, Any, Any], suspended: Continue, /
) -> Any:
    """Runs the first step of `work` in the name of `task` and in a copy of the current context.

    Returns its result if it has finished, else what `suspended(work, context, awaited)` returns. Raises what it raises.
    """
    context, outer = copy_context(), current_task(loop)
    if outer is not None:  # that of a request, when an event came by a POST
        _leave_task(loop, outer)
    _enter_task(loop, task)
    try:
        awaited = context.run(work.send, None)
    except StopIteration as finished:
        return finished.value
    finally:
        _leave_task(loop, task)
        if outer is not None:
            _enter_task(loop, outer)
    return suspended(work, context, awaited)


class Suspended:
    """A coroutine that has suspended in its first step, or could not be started yet: awaiting it runs the rest."""

    __slots__ = ("_awaited", "_context", "_spare", "_work", "cancelled")

    def __init__(self, work: Coroutine[Any, Any, Any], context: Context, spare: "_Spare | None", awaited: Any) -> None:
        """`spare`: the task of the first step, None if there was none; `awaited`: what the coroutine waits for."""
        self._work = work
        self._context = context
        self._spare = spare
        self._awaited = awaited
        self.cancelled: asyncio.CancelledError | None = None
        """Set when the task was cancelled between the first step and the rest."""

    def run(self, rest: Work) -> asyncio.Task[None]:
        """Runs `rest`, which must await this object, in the task of the first step; returns that task."""
        if self._spare is None:
            return asyncio.get_running_loop().create_task(rest)
        self._spare.take(self, rest)
        return self._spare.task

    def __await__(self) -> Generator[Any, Any, Any]:
        step, value, awaited = self._first_step()
        while True:
            if step is not None:
                try:
                    awaited = self._context.run(step, value)
                except StopIteration as finished:
                    return finished.value
            try:
                value = yield awaited
                step = self._work.send
            except GeneratorExit:
                self._work.close()
                raise
            except BaseException as error:  # usually a cancellation, which is meant for the coroutine
                step, value = self._work.throw, error

    def _first_step(self) -> tuple[Any, Any, Any]:
        """How to go on: a method of the coroutine and its argument, or None and what the coroutine waits for."""
        if self._spare is None:
            return self._work.send, None, None
        if self.cancelled is not None and (self._awaited is None or not self._awaited.cancel()):
            return self._work.throw, self.cancelled, None
        return None, None, self._awaited


class _Spare:
    """A task that waits for the rest of a coroutine whose first step ran in its name."""

    def __init__(self, starter: "EagerStarter") -> None:
        self._starter = starter
        self._suspended: Suspended | None = None
        self._rest: Work | None = None
        self._taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self._run())

    def take(self, suspended: Suspended, rest: Work) -> None:
        """Continues with `rest` soon."""
        self._suspended, self._rest = suspended, rest
        if not self._taken.done():  # else the task has been cancelled in the first step
            self._taken.set_result(None)

    async def _run(self) -> None:
        # Only from here on: a task that is cancelled before its start never runs, and what it was given would be lost.
        self._starter.offer(self)
        try:
            await self._taken
        except asyncio.CancelledError as error:
            self._starter.withdraw(self)
            if self._suspended is None:
                raise
            self._suspended.cancelled = error
        if self._rest is not None:
            await self._rest


class EagerStarter:
    """Starts coroutines at once. Each runs in a task, as asyncio.current_task() shows, and in a context of its own.

    One spare task serves for the first steps of all coroutines that never suspend; one that suspends keeps it, and
    until there is a new one in the next turn of the event loop, coroutines are started in ordinary tasks.

    asyncio documents `_enter_task` and `_leave_task` for third-party tasks ("Extending", "Task lifetime support").
    """

    __slots__ = ("_coming", "_first_step", "_loop", "_spare", "_suspended", "_task")

    def __init__(self, first_step: Callable[..., Any] = first_step) -> None:
        """`first_step`: the function of that name here, or its compiled twin."""
        self._first_step = first_step
        self._suspended = self._keep
        self._spare: _Spare | None = None
        self._coming: _Spare | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs `work` until it returns or suspends: its result, or Suspended. Raises what `work` raises."""
        task = self._task
        if task is None or task.cancelling():  # an earlier coroutine may have cancelled it and then returned
            self._renew()
            return Suspended(work, copy_context(), None, None)
        return self._first_step(self._loop, task, work, self._suspended)

    def _keep(self, work: Coroutine[Any, Any, Any], context: Context, awaited: Any) -> Suspended:
        """Gives a suspended coroutine the task in whose name its first step ran."""
        spare = self._spare
        self.withdraw(spare)
        self._renew()
        return Suspended(work, context, spare, awaited)

    def stop(self) -> None:
        """Ends the unused task."""
        for spare in (self._spare, self._coming):
            if spare is not None:
                spare.task.cancel()
        self.withdraw(self._spare)
        self._coming = None

    def offer(self, spare: _Spare) -> None:
        """Called by a new task when it can be used."""
        self._coming = None
        self._spare, self._task, self._loop = spare, spare.task, asyncio.get_running_loop()

    def withdraw(self, spare: _Spare | None) -> None:
        """Called when a task cannot be used any longer."""
        if self._spare is spare:
            self._spare = self._task = self._loop = None

    def _renew(self) -> None:
        """Makes a task for the coroutines to come."""
        if self._coming is None or self._coming.task.done():
            self._coming = _Spare(self)
