"""Buses for tests that record what they receive, with faults of Redis."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import redis.asyncio

from konektor.realtime import Bus
from tests.support.redis_server import RedisServer

NOTICED = 10.0
"""Seconds in which a bus must notice that Redis is away or back: about 2, and what a busy machine adds."""


class Listener:
    """A bus with its received messages and health changes in order."""

    def __init__(self, url: str, prefix: str = "test:") -> None:
        self.received: list[tuple[str, bytes]] = []
        self.health_changes: list[bool] = []
        self.bus = Bus(url, prefix, lambda channel, payload: self.received.append((channel, payload)))
        self.bus.on_health = self.health_changes.append

    async def __aenter__(self) -> Self:
        await self.bus.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.bus.stop()


@asynccontextmanager
async def admin(url: str) -> AsyncIterator["redis.asyncio.Redis"]:
    """A plain client of Redis."""
    async with redis.asyncio.Redis.from_url(url) as client:
        yield client


async def listeners(url: str, channel: str) -> int:
    """How many connections are subscribed to a channel."""
    async with admin(url) as client:
        return int((await client.pubsub_numsub(channel))[0][1])


class Fault:
    """A fault of a Redis that can begin and end."""

    def __init__(self, server: RedisServer, kind: str) -> None:
        self._server = server
        self._kind = kind

    async def begin(self) -> None:
        """Freezes or kills Redis."""
        if self._kind == "frozen":
            self._server.signal(signal.SIGSTOP)
        else:
            await asyncio.to_thread(self._server.stop)

    async def end(self) -> None:
        """Resumes Redis, or starts it again with an empty database."""
        if self._kind == "frozen":
            self._server.signal(signal.SIGCONT)
        else:
            await asyncio.to_thread(self._server.start)
