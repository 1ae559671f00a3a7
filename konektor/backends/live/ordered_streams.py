"""Ordered streams: delivers the new messages of each stream in use here once and in order, however they arrive.

Messages come from this process, from other instances through pub/sub, and from the store: a lost publication shows as
a gap in the seqs, or when the head is polled, and the missing messages are read from the store.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from konektor.backends.live.interfaces import MessageStore
from konektor.backends.live.pubsub import STREAM, PubSub
from konektor.shapes import Message

Item = TypeVar("Item")

GAP_DELAY = 0.015
"""Seconds that a gap may last before the store is read: the publication may still arrive."""
READ_BATCH = 200
"""Messages in one read from the store."""
POLL_SECONDS = 1.0
"""Seconds between two polls for messages whose publication was lost; half of that while pub/sub is unhealthy."""
MAX_EARLY = 1_000
"""Messages of one stream that are kept after a gap; others are read from the store later."""


class OrderedStream(Generic[Item]):
    """One stream. `after(seq, limit)` reads the messages after a seq from the store, as (seq, item), oldest first."""

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
        self._after_early: list[Item] = []
        self._reading = False
        self.closed = False

    def begin(self, head: int, *, keeping: bool = False) -> None:
        """Delivers everything after `head`, including what arrived before this call; if `keeping`, also what arrived
        and is not after it.
        """
        if self.closed:
            return
        if keeping and self._early:
            head = min(head, min(self._early) - 1)
        self._next = head + 1
        self._early = {seq: item for seq, item in self._early.items() if seq > head}
        self._drain()

    def offer(self, seq: int, item: Item) -> None:
        """Receives a published message."""
        if self._next is not None and seq < self._next:
            return
        if seq == self._next:
            self._deliver(seq, item)
            self._next += 1
        elif len(self._early) < MAX_EARLY:
            self._early[seq] = item
        self._newest = max(self._newest, seq)
        self._drain()

    def add(self, item: Item) -> None:
        """Delivers a non-message event after the messages received before it, since it may refer to them."""
        if self._early and len(self._after_early) < MAX_EARLY:
            self._after_early.append(item)
        else:
            self._deliver(0, item)

    def lacks(self, seq: int) -> bool:
        """Whether the message with this seq was neither delivered nor received."""
        return self._next is None or (seq >= self._next and seq not in self._early)

    def seen(self, seq: int) -> None:
        """Records that the store has a message with this seq."""
        self._newest = max(self._newest, seq)
        self._drain()

    def _drain(self) -> None:
        """Delivers the messages that are next, and starts reading missing ones."""
        if self._next is None:
            return
        self._next = self._advance(self._next)
        self._follow()
        if self._newest >= self._next and not self._reading:
            self._reading = True
            self._start(self._read())

    def _advance(self, following: int) -> int:
        """Delivers the early messages from the seq `following` on; returns the seq that is next then."""
        while (item := self._early.pop(following, None)) is not None:
            self._deliver(following, item)
            following += 1
        return following

    def _follow(self) -> None:
        """Delivers non-message events once no early message is left."""
        if not self._early:
            items, self._after_early = self._after_early, []
            for item in items:
                self._deliver(0, item)

    async def _read(self) -> None:
        """Reads until nothing is missing. After a failure the next message or poll reads again."""
        try:
            await asyncio.sleep(GAP_DELAY)
            while not self.closed and self._next is not None and self._newest >= self._next:
                known = self._newest
                self._take(known, await self._after(self._next - 1, READ_BATCH))
        finally:
            self._reading = False

    def _take(self, known: int, found: list[tuple[int, Item]]) -> None:
        """Delivers messages that were read when the head was at least `known`."""
        if self.closed or self._next is None:
            return
        last = found[-1][0] if found else 0
        until = max(known, last) if len(found) < READ_BATCH else last
        # A received publication is preferred to the message that was read: it has the `cid`.
        items = dict(found) | {seq: item for seq, item in self._early.items() if seq <= until}
        self._early = {seq: item for seq, item in self._early.items() if seq > until}
        for seq in sorted(items):
            if seq >= self._next:
                self._deliver(seq, items[seq])
                self._next = seq + 1
        # Messages that the store no longer returns have expired.
        self._next = self._advance(max(self._next, until + 1))
        self._follow()


class OrderedStreams(Generic[Item]):
    """The streams in use here. `made(message, since)` is the item of a message that was read from the store."""

    def __init__(
        self,
        deliver: Callable[[str, int, Item], None],
        made: Callable[[Message, dict[str, int] | None], Item],
        start: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]],
        bus: PubSub,
        store: MessageStore,
    ) -> None:
        self._deliver = deliver
        self._made = made
        self._start = start
        self._bus = bus
        self._store = store
        self._open: dict[str, tuple[OrderedStream[Item], asyncio.Task[None]]] = {}
        self._subscribed: set[str] = set()
        self._polled = 0.0

    def get(self, stream: str) -> OrderedStream[Item] | None:
        """The stream, if it is followed."""
        found = self._open.get(stream)
        return found[0] if found else None

    async def open(self, stream: str) -> None:
        """Follows the stream from now on. Raises what the store raises, and does not follow it then."""
        if stream not in self._open:
            subscribed = self._bus.subscribe(STREAM + stream)
            self._subscribed.add(stream)
            self._follow(stream, partial(self._begin, subscribed))
        # A caller that is cancelled must not cancel the opening for the others.
        await asyncio.shield(self._open[stream][1])

    def follow(self, stream: str, since: datetime) -> None:
        """Follows a stream that nobody enters and that has no channel of its own: delivers what was sent after `since`,
        and what is offered from now on.
        """
        if stream not in self._open:
            self._follow(stream, partial(self._begin_at, since))

    def _follow(self, stream: str, begin: Callable[[str, OrderedStream[Item]], Awaitable[None]]) -> None:
        ordered: OrderedStream[Item] = OrderedStream(
            partial(self._deliver, stream), partial(self._after, stream), self._start
        )
        self._open[stream] = ordered, self._start(self._begun(stream, ordered, begin))

    async def _begun(
        self,
        stream: str,
        ordered: OrderedStream[Item],
        begin: Callable[[str, OrderedStream[Item]], Awaitable[None]],
    ) -> None:
        done = False
        try:
            await begin(stream, ordered)
            done = True
        finally:
            if not done and self.get(stream) is ordered:
                self.close(stream)

    async def _begin(self, subscribed: Awaitable[object], stream: str, ordered: OrderedStream[Item]) -> None:
        await subscribed
        ordered.begin(await self._store.head(stream))

    async def _begin_at(self, since: datetime, stream: str, ordered: OrderedStream[Item]) -> None:
        ordered.begin(await self._store.head_at(stream, since), keeping=True)

    async def _after(self, stream: str, seq: int, limit: int) -> list[tuple[int, Item]]:
        found = await self._store.after(stream, seq, limit)
        since = await self._store.since(stream) if found else None
        return [(message.seq, self._made(message, since)) for message in found]

    def close(self, stream: str) -> None:
        """Stops following the stream; an unknown one is ignored."""
        found = self._open.pop(stream, None)
        if found:
            found[0].closed = True
            if stream in self._subscribed:
                self._subscribed.remove(stream)
                self._bus.unsubscribe(STREAM + stream)

    async def poll_store(self) -> None:
        """Finds messages whose publication was lost; to be called every half POLL_SECONDS."""
        now = asyncio.get_running_loop().time()
        if not self._subscribed or (self._bus.healthy and now - self._polled < 0.75 * POLL_SECONDS):
            return
        self._polled = now
        for stream, seq in (await self._store.heads(list(self._subscribed))).items():
            if ordered := self.get(stream):
                ordered.seen(seq)
