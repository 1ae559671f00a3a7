"""Refreshes: what a member is told while connections here read their Caller again is sent when they have read it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any

LONGEST = 1.0
"""Seconds that something waits at most, when the database is unavailable."""

Refresher = Callable[[], Awaitable[None]]
"""Makes a connection read its Caller again."""


class Refreshes:
    """So that a client which asks again, because of what it was told, is answered with its new Caller."""

    def __init__(self, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._start = start
        self._waiting: dict[str, list[Callable[[], None]]] = {}
        """By member, what waits for the newest of their refreshes that are running."""

    def begin(self, member: str, refreshes: Collection[Refresher]) -> None:
        """Starts refreshing connections of the member."""
        if refreshes:
            waiting = self._waiting[member] = []
            self._start(self._run(member, refreshes, waiting))

    def after(self, member: str, send: Callable[[], None]) -> None:
        """Calls `send` when nothing of the member is being refreshed any more, in the order of the calls."""
        if member in self._waiting:
            self._waiting[member].append(send)
        else:
            send()

    async def _run(self, member: str, refreshes: Collection[Refresher], waiting: list[Callable[[], None]]) -> None:
        running = [asyncio.ensure_future(refresh()) for refresh in refreshes]
        await asyncio.wait(running, timeout=LONGEST)
        if self._waiting.get(member) is waiting:
            del self._waiting[member]
        for send in waiting:
            send()
        await asyncio.gather(*running)
