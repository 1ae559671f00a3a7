"""Bounded queue of messages to publish, sent in order and in as few pipelines as possible."""

import asyncio
from collections import deque
from dataclasses import dataclass

from konektor.realtime.bus.redis_pair import RedisPair

MAX_QUEUED_MESSAGES, MAX_QUEUED_BYTES = 16_384, 16 * 1024 * 1024
"""Bounds of the queue; messages beyond them are dropped."""
MAX_PIPELINE_MESSAGES, MAX_PIPELINE_BYTES = 512, 64 * 1024
"""Bounds of one pipeline, which always holds at least one message; small enough for the socket buffers."""


@dataclass(slots=True)
class BusStats:
    """Monotonic counters, except `subscriptions`, the number of channels currently subscribed to.

    - `published`: messages accepted by Redis. `dropped`: messages not sent, or sent without an answer.
    - `received`: messages from other instances. `reconnects`: attempts to connect after the first.
    """

    published: int = 0
    received: int = 0
    dropped: int = 0
    reconnects: int = 0
    subscriptions: int = 0


class PublishQueue:
    """Commands waiting for Redis; those added in one turn of the event loop leave in one pipeline."""

    def __init__(self, stats: BusStats) -> None:
        self._stats = stats
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._urgent: bytes | None = None
        self._filled = asyncio.Event()
        self.empty = asyncio.Event()
        """Set while nothing is queued or being sent."""
        self.empty.set()

    def put(self, command: bytes) -> None:
        """Queues a command, or drops it when the queue is full."""
        if len(self._queue) >= MAX_QUEUED_MESSAGES or self._bytes + len(command) > MAX_QUEUED_BYTES:
            self._stats.dropped += 1
            return
        self._queue.append(command)
        self._bytes += len(command)
        self.empty.clear()
        self._filled.set()

    def put_first(self, command: bytes) -> None:
        """Sends a command ahead of the queue, regardless of its bounds; it is not counted."""
        self._urgent = command
        self._filled.set()

    def drop(self) -> None:
        """Discards everything queued."""
        self._stats.dropped += len(self._queue)
        self._queue.clear()
        self._bytes = 0
        self._urgent = None
        self.empty.set()

    async def run(self, pair: RedisPair) -> None:
        """Sends what is queued until the connection fails; raises what RedisPair raises."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._queue or self._urgent:
                await self._send_pipeline(pair)
            self.empty.set()

    async def _send_pipeline(self, pair: RedisPair) -> None:
        urgent = [] if self._urgent is None else [self._urgent]
        self._urgent = None
        some: list[bytes] = []
        size = 0
        while self._queue and len(some) < MAX_PIPELINE_MESSAGES and size < MAX_PIPELINE_BYTES:
            some.append(self._queue.popleft())
            size += len(some[-1])
        self._bytes -= size
        taken = False
        try:
            await pair.publish(urgent + some)
            taken = True
        finally:
            if taken:
                self._stats.published += len(some)
            else:
                self._stats.dropped += len(some)
