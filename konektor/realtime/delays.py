"""Things that happen a fixed time after they were asked for, for all sockets with one timer."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SLACK = 0.05
"""At most this much early, so that many sockets share one wake-up."""


class Delay(Generic[T]):
    """Calls `due(item)` once for each added item, `seconds` later.

    All items wait equally long, so they come due in the order they were added: a queue is the whole timer wheel, and
    nothing is ever searched or cancelled; `due` checks whether the item still matters. Items may come due up to 1/64
    of `seconds`, and never more than SLACK, too early; never too late.
    """

    __slots__ = ("_due", "_handle", "_items", "_loop", "_seconds", "_slack")

    def __init__(self, seconds: float, due: Callable[[T], None]) -> None:
        self._seconds = seconds
        self._slack = min(SLACK, seconds / 64)
        self._due = due
        self._items: deque[tuple[float, T]] = deque()
        self._handle: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, item: T) -> None:
        """Calls `due(item)` later, in the running loop."""
        if self._handle is None:
            self._loop = asyncio.get_running_loop()
            self._handle = self._loop.call_later(self._seconds, self._run)
        assert self._loop is not None  # noqa: S101 - set with the handle above
        self._items.append((self._loop.time() + self._seconds, item))

    def stop(self) -> None:
        """Forgets all items."""
        self._items.clear()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def catch_up(self) -> None:
        """Calls `due` for what should have been called by now."""
        until = asyncio.get_running_loop().time() + self._slack
        while self._items and self._items[0][0] <= until:
            self._due(self._items.popleft()[1])

    def _run(self) -> None:
        try:
            self.catch_up()  # what is added meanwhile comes due behind what waits, and so begins no timer
        finally:
            loop = asyncio.get_running_loop()
            self._handle = loop.call_at(self._items[0][0], self._run) if self._items else None
