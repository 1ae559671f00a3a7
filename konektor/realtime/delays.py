"""Callbacks after a fixed delay for many sockets, on one event loop timer."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_EARLY = 0.05
"""Items may come due this many seconds early, so that many of them share one wake-up."""


class FixedDelayQueue(Generic[T]):
    """Calls `due(item)` once for each added item, `seconds` later.

    All items wait equally long, so they come due in the order they were added: a queue serves as the timer wheel, and
    nothing is searched or cancelled; `due` must check whether the item is still relevant. Items may come due early by
    up to 1/64 of `seconds`, but never more than MAX_EARLY.
    """

    __slots__ = ("_due", "_handle", "_items", "_loop", "_seconds", "_slack")

    def __init__(self, seconds: float, due: Callable[[T], None]) -> None:
        self._seconds = seconds
        self._slack = min(MAX_EARLY, seconds / 64)
        self._due = due
        self._items: deque[tuple[float, T]] = deque()
        self._handle: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, item: T) -> None:
        """Schedules `due(item)` in the running event loop."""
        if self._handle is None:
            self._loop = asyncio.get_running_loop()
            self._handle = self._loop.call_later(self._seconds, self._run)
        assert self._loop is not None  # noqa: S101 - set with the handle above
        self._items.append((self._loop.time() + self._seconds, item))

    def stop(self) -> None:
        """Drops all items."""
        self._items.clear()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def catch_up(self) -> None:
        """Calls `due` for all items whose time has come, even if the timer is late."""
        until = asyncio.get_running_loop().time() + self._slack
        while self._items and self._items[0][0] <= until:
            self._due(self._items.popleft()[1])

    def _run(self) -> None:
        try:
            # `_handle` stays set meanwhile, so that items added by `due` start no second timer.
            self.catch_up()
        finally:
            loop = asyncio.get_running_loop()
            self._handle = loop.call_at(self._items[0][0], self._run) if self._items else None
