"""Bookkeeping of subscriptions: channels wanted, requested from Redis and confirmed by it."""

import asyncio
from collections import Counter


class Subscriptions:
    """Channels by key. Nothing is sent from here: the caller must send what `take_changes` returns.

    A channel that was removed and added again counts as confirmed when the last request for it is.
    """

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}
        self._counts: Counter[bytes] = Counter()
        self._requested: set[bytes] = set()
        self._unconfirmed: Counter[bytes] = Counter()
        self._dirty: dict[bytes, None] = {}
        self._waiting: dict[bytes, list[asyncio.Future[bool]]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def add(self, key: bytes, name: str) -> None:
        """Adds one reference to a channel."""
        self._counts[key] += 1
        if self._counts[key] == 1:
            self._names[key] = name
            self._dirty[key] = None

    def remove(self, key: bytes) -> None:
        """Removes one reference; the last one resolves pending confirmations to False. Unknown keys are ignored."""
        if key not in self._names:
            return
        self._counts[key] -= 1
        if not self._counts[key]:
            del self._counts[key], self._names[key]
            self._dirty[key] = None
            self._resolve(key, confirmed=False)

    def name(self, key: bytes) -> str | None:
        """The name of a channel that is wanted, else None: a late message for it must be ignored."""
        return self._names.get(key)

    def confirmation(self, key: bytes) -> asyncio.Future[bool]:
        """For a wanted channel: becomes True when Redis confirms it, False when it is removed or reset before."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if key in self._requested and key not in self._unconfirmed:
            future.set_result(True)
        else:
            self._waiting.setdefault(key, []).append(future)
        return future

    def take_changes(self) -> tuple[list[bytes], list[bytes]]:
        """The channels to subscribe, last added first, and to unsubscribe, so that Redis knows all that are wanted."""
        changed, self._dirty = self._dirty, {}
        more = [key for key in reversed(changed) if key in self._names and key not in self._requested]
        less = [key for key in changed if key not in self._names and key in self._requested]
        self._requested.update(more)
        self._requested.difference_update(less)
        self._unconfirmed.update(more)
        return more, less

    def confirm(self, key: bytes) -> None:
        """Redis has confirmed one request for a channel."""
        self._unconfirmed[key] -= 1
        if self._unconfirmed[key] <= 0:
            del self._unconfirmed[key]
            if key in self._requested:
                self._resolve(key, confirmed=True)

    def reset(self) -> None:
        """The connection was lost: all channels must be requested again; pending confirmations become False."""
        self._requested.clear()
        self._unconfirmed.clear()
        self._dirty = dict.fromkeys(self._names)
        for key in list(self._waiting):
            self._resolve(key, confirmed=False)

    def _resolve(self, key: bytes, *, confirmed: bool) -> None:
        for future in self._waiting.pop(key, ()):
            if not future.done():
                future.set_result(confirmed)
