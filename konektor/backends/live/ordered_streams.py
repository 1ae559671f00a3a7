"""Ordered streams: the new messages of each stream in use here, each once and in order, however they arrive.

Messages come from this process, from other instances by the bell, and from the store: a bell that was not heard shows
as a gap in the seqs, or when the store is asked for the newest one, and what is missing is read from there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from konektor.backends.live.pubsub import STREAM, Bell
from konektor.shapes import Message

Item = TypeVar("Item")

PATIENCE = 0.015
"""Seconds that a gap may last before the store is read: what another instance has said may be on its way."""
AT_ONCE = 200
LOOK = 1.0
"""Seconds between two looks for messages that no bell has told of; half of it while the bell is not well."""
MOST_EARLY = 1_000
"""Messages of one stream that are kept behind a gap; the others are read again."""


class OrderedStream(Generic[Item]):
    """One stream. `after(seq, limit)` reads what is in the store behind a seq, as (seq, item), oldest first."""

    def __init__(
        self,
        deliver: Callable[[int, Item], None],
        after: Callable[[int, int], Awaitable[list[tuple[int, Item]]]],
        start: Callable[[Coroutine[Any, Any, None]], Any],
    ) -> None:
        self._deliver = deliver
        self._after = after
        self._start = start
        self._next: int | None = None
        self._newest = 0
        self._early: dict[int, Item] = {}
        self._behind: list[Item] = []
        self._reading = False
        self.closed = False

    def begin(self, head: int) -> None:
        """Delivers from behind `head` on, also what has come before this call."""
        if self.closed:
            return
        self._next = head + 1
        self._early = {seq: item for seq, item in self._early.items() if seq > head}
        self._drain()

    def offer(self, seq: int, item: Item) -> None:
        """A message, heard just now."""
        if self._next is not None and seq < self._next:
            return
        if seq == self._next:
            self._deliver(seq, item)
            self._next += 1
        elif len(self._early) < MOST_EARLY:
            self._early[seq] = item
        self._newest = max(self._newest, seq)
        self._drain()

    def add(self, item: Item) -> None:
        """What is no message, heard just now: not before the messages heard before it, which it may be about."""
        if self._early and len(self._behind) < MOST_EARLY:
            self._behind.append(item)
        else:
            self._deliver(0, item)

    def seen(self, seq: int) -> None:
        """The store has a message with this seq."""
        self._newest = max(self._newest, seq)
        self._drain()

    def _drain(self) -> None:
        """Delivers what is next, and reads what is missing."""
        if self._next is None:
            return
        self._next = self._advance(self._next)
        self._follow()
        if self._newest >= self._next and not self._reading:
            self._reading = True
            self._start(self._read())

    def _advance(self, following: int) -> int:
        """Delivers what has come early and has its turn now; the seq that is next then."""
        while (item := self._early.pop(following, None)) is not None:
            self._deliver(following, item)
            following += 1
        return following

    def _follow(self) -> None:
        """Delivers what is no message, once no message heard before it waits."""
        if not self._early:
            behind, self._behind = self._behind, []
            for item in behind:
                self._deliver(0, item)

    async def _read(self) -> None:
        """Reads until nothing is missing. A failure leaves the gap to the next message or look at the store."""
        try:
            await asyncio.sleep(PATIENCE)
            while not self.closed and self._next is not None and self._newest >= self._next:
                known = self._newest
                self._take(known, await self._after(self._next - 1, AT_ONCE))
        finally:
            self._reading = False

    def _take(self, known: int, found: list[tuple[int, Item]]) -> None:
        """Delivers what was read, when the store was known to have `known`."""
        if self.closed or self._next is None:
            return
        last = found[-1][0] if found else 0
        until = max(known, last) if len(found) < AT_ONCE else last
        # What was heard goes before what was read: it knows the `cid`.
        items = dict(found) | {seq: item for seq, item in self._early.items() if seq <= until}
        self._early = {seq: item for seq, item in self._early.items() if seq > until}
        for seq in sorted(items):
            if seq >= self._next:
                self._deliver(seq, items[seq])
                self._next = seq + 1
        # What the store does not show any more, nobody may read.
        self._next = self._advance(max(self._next, until + 1))
        self._follow()


class Store(Protocol):
    """Where messages are read that no bell has told of."""

    async def head(self, stream: str) -> int:
        """The seq of the newest message of a stream."""
        ...

    async def heads(self, streams: list[str]) -> dict[str, int]:
        """The same for many at once, as far as it is known without looking at messages."""
        ...

    async def after(self, stream: str, seq: int, limit: int) -> list[Message]:
        """The first readable messages behind `seq`, oldest first."""
        ...


class OrderedStreams(Generic[Item]):
    """Every stream that somebody here listens to. `made(message)` is the item of one read from the store."""

    def __init__(
        self,
        deliver: Callable[[str, int, Item], None],
        made: Callable[[Message], Item],
        start: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]],
        bell: Bell,
        store: Store,
    ) -> None:
        self._deliver = deliver
        self._made = made
        self._start = start
        self._bell = bell
        self._store = store
        self._open: dict[str, tuple[OrderedStream[Item], asyncio.Task[None]]] = {}
        self._looked = 0.0

    def get(self, stream: str) -> OrderedStream[Item] | None:
        """The watch of a stream that is watched."""
        found = self._open.get(stream)
        return found[0] if found else None

    async def open(self, stream: str) -> None:
        """Follows the stream from now on. Raises what the store raises, and does not watch it then."""
        if stream not in self._open:
            watch: OrderedStream[Item] = OrderedStream(
                partial(self._deliver, stream), partial(self._after, stream), self._start
            )
            heard = self._bell.subscribe(STREAM + stream)
            self._open[stream] = watch, self._start(self._begin(stream, watch, heard))
        # One who gives up must not take the others' beginning away.
        await asyncio.shield(self._open[stream][1])

    async def _begin(self, stream: str, watch: OrderedStream[Item], heard: Awaitable[object]) -> None:
        begun = False
        try:
            await heard
            watch.begin(await self._store.head(stream))
            begun = True
        finally:
            if not begun and self.get(stream) is watch:
                self.close(stream)

    async def _after(self, stream: str, seq: int, limit: int) -> list[tuple[int, Item]]:
        return [(found.seq, self._made(found)) for found in await self._store.after(stream, seq, limit)]

    def close(self, stream: str) -> None:
        """Stops following the stream; unknown ones are fine."""
        found = self._open.pop(stream, None)
        if found:
            found[0].closed = True
            self._bell.unsubscribe(STREAM + stream)

    async def look(self) -> None:
        """Looks for messages that no bell has told of; to be called twice in LOOK seconds."""
        now = asyncio.get_running_loop().time()
        if not self._open or (self._bell.healthy and now - self._looked < 0.75 * LOOK):
            return
        self._looked = now
        for stream, seq in (await self._store.heads(list(self._open))).items():
            if watch := self.get(stream):
                watch.seen(seq)
