"""What is to be published on the bus: in the order rung, in as few pipelines as possible, within bounds."""

import asyncio
from collections import deque
from dataclasses import dataclass

from konektor.realtime.bus.redis_pair import Line

MOST_MESSAGES, MOST_BYTES = 16_384, 16 * 1024 * 1024
"""What may wait for Redis."""
AT_ONCE, BYTES_AT_ONCE = 512, 64 * 1024
"""What goes into one pipeline, and at least one message does; the sockets on both sides hold that."""


@dataclass(slots=True)
class BusStats:
    """Counters that only grow, except `subscriptions`, which is how many channels are watched.

    - `rung`: messages that Redis has taken. `dropped`: those of which that is not known, or known not to be.
    - `heard`: messages of other instances. `reconnects`: attempts to connect after the first.
    """

    rung: int = 0
    heard: int = 0
    dropped: int = 0
    reconnects: int = 0
    subscriptions: int = 0


class Outbox:
    """Commands on their way to Redis; what is put in one turn of the loop leaves in one pipeline."""

    def __init__(self, stats: BusStats) -> None:
        self._stats = stats
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._urgent: bytes | None = None
        self._filled = asyncio.Event()
        self.empty = asyncio.Event()
        """Set while nothing waits and nothing is under way."""
        self.empty.set()

    def put(self, command: bytes) -> None:
        """Sends a command; drops it when too much waits already."""
        if len(self._queue) >= MOST_MESSAGES or self._bytes + len(command) > MOST_BYTES:
            self._stats.dropped += 1
            return
        self._queue.append(command)
        self._bytes += len(command)
        self.empty.clear()
        self._filled.set()

    def put_first(self, command: bytes) -> None:
        """Sends a command before all that waits, whatever the bounds; it does not count."""
        self._urgent = command
        self._filled.set()

    def drop(self) -> None:
        """Gives up what waits."""
        self._stats.dropped += len(self._queue)
        self._queue.clear()
        self._bytes = 0
        self._urgent = None
        self.empty.set()

    async def send(self, line: Line) -> None:
        """Sends what is put, until something is wrong with the line: then it raises what that raises."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._queue or self._urgent:
                await self._send_some(line)
            self.empty.set()

    async def _send_some(self, line: Line) -> None:
        urgent = [] if self._urgent is None else [self._urgent]
        self._urgent = None
        some: list[bytes] = []
        size = 0
        while self._queue and len(some) < AT_ONCE and size < BYTES_AT_ONCE:
            some.append(self._queue.popleft())
            size += len(some[-1])
        self._bytes -= size
        taken = False
        try:
            await line.publish(urgent + some)
            taken = True
        finally:
            if taken:
                self._stats.rung += len(some)
            else:
                self._stats.dropped += len(some)
