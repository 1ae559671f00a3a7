"""Which channels are wanted, which of them Redis has been asked for, and who waits until it has agreed."""

import asyncio
from collections import Counter


class Subscriptions:
    """Channels by key. Nothing is sent from here: `changes` tells what to send, and counts on that being sent.

    A channel that was given up and wanted again is agreed to when the last of the requests for it is.
    """

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}
        self._wishes: Counter[bytes] = Counter()
        self._asked: set[bytes] = set()
        self._open: Counter[bytes] = Counter()
        self._changed: dict[bytes, None] = {}
        self._waiting: dict[bytes, list[asyncio.Future[bool]]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def want(self, key: bytes, name: str) -> None:
        """One more wish for a channel; its name is what `name` answers from now on."""
        self._wishes[key] += 1
        if self._wishes[key] == 1:
            self._names[key] = name
            self._changed[key] = None

    def release(self, key: bytes) -> None:
        """One wish less; those who still wait for a channel that nobody wants are told False. More than all is fine."""
        if key not in self._names:
            return
        self._wishes[key] -= 1
        if not self._wishes[key]:
            del self._wishes[key], self._names[key]
            self._changed[key] = None
            self._tell(key, agreed=False)

    def name(self, key: bytes) -> str | None:
        """The name of a channel that is wanted."""
        return self._names.get(key)

    def agreed(self, key: bytes) -> asyncio.Future[bool]:
        """True when Redis has agreed to the channel, which must be wanted; False when it is given up or lost before."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if key in self._asked and key not in self._open:
            future.set_result(True)
        else:
            self._waiting.setdefault(key, []).append(future)
        return future

    def changes(self) -> tuple[list[bytes], list[bytes]]:
        """The channels to subscribe, newest wish first, and those to unsubscribe, so that Redis knows all wishes."""
        changed, self._changed = self._changed, {}
        more = [key for key in reversed(changed) if key in self._names and key not in self._asked]
        less = [key for key in changed if key not in self._names and key in self._asked]
        self._asked.update(more)
        self._asked.difference_update(less)
        self._open.update(more)
        return more, less

    def confirm(self, key: bytes) -> None:
        """Redis has agreed to one request for a channel."""
        self._open[key] -= 1
        if self._open[key] <= 0:
            del self._open[key]
            if key in self._asked:
                self._tell(key, agreed=True)

    def lose(self) -> None:
        """Redis has forgotten all: every wish is to be sent again, and nobody waits any longer."""
        self._asked.clear()
        self._open.clear()
        self._changed = dict.fromkeys(self._names)
        for key in list(self._waiting):
            self._tell(key, agreed=False)

    def _tell(self, key: bytes, *, agreed: bool) -> None:
        for future in self._waiting.pop(key, ()):
            if not future.done():
                future.set_result(agreed)
