"""Taking back: telling a connection which of the messages that it has are by members who are hidden from it now."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from konektor import hiding
from konektor.backends.live.hidden import Hidden, HiddenMembers
from konektor.backends.live.interfaces import Store
from konektor.flow.retrying import retried
from konektor.server_events import ServerEvent

AT_ONCE = 4
"""Streams that are read at once."""


class TakingBack:
    """Sends to connections here; `send(connection, event)` does so."""

    def __init__(
        self,
        hidden: HiddenMembers,
        store: Store,
        start: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]],
        send: Callable[[str, ServerEvent], None],
        is_unavailable: Callable[[Exception], bool],
    ) -> None:
        self._hidden = hidden
        self._store = store
        self._start = start
        self._send = send
        self._is_unavailable = is_unavailable
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting: dict[tuple[str, Hidden, Hidden], list[str]] = {}
        """The connections for which a stream has yet to be read, by the stream, who is new, and all who are hidden."""

    def begin(self, connection: str, members: Hidden, streams: Collection[str]) -> None:
        """Starts sending which of the newest messages are hidden, and the reactions without those of the members."""
        for stream in streams:
            key = (stream, members, self._hidden.of(connection))
            if key not in self._waiting:
                self._start(self._send_traces(*key))
            self._waiting.setdefault(key, []).append(connection)

    async def _send_traces(self, stream: str, members: Hidden, hidden: Hidden) -> None:
        async with self._free:
            connections = self._waiting.pop((stream, members, hidden))
            found = await retried(lambda: self._store.traces(stream, members, hidden), self._is_unavailable)
        for connection in connections:
            now = self._hidden.of(connection)
            if members <= now:  # otherwise one of them is not hidden any more
                for event in found:
                    self._send(connection, hiding.without(event, set(map(str, now))))
