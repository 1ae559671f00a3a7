"""Busses for tests, each of which keeps what it hears."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import redis.asyncio

from konektor.realtime import Bus
from tests.redis_server import RedisServer


class Listener:
    """A bus with its messages in order, and whether it was well in order."""

    def __init__(self, url: str, prefix: str = "test:") -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.turns: list[bool] = []
        self.bus = Bus(url, prefix, lambda channel, payload: self.heard.append((channel, payload)))
        self.bus.on_well = self.turns.append

    async def __aenter__(self) -> Self:
        await self.bus.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.bus.stop()


@asynccontextmanager
async def admin(url: str) -> AsyncIterator["redis.asyncio.Redis"]:
    """A client that asks Redis itself."""
    async with redis.asyncio.Redis.from_url(url) as client:
        yield client


async def listeners(url: str, channel: str) -> int:
    """How many connections Redis passes a channel on to."""
    async with admin(url) as client:
        return int((await client.pubsub_numsub(channel))[0][1])


class Fault:
    """What happens to a Redis, and what ends it."""

    def __init__(self, server: RedisServer, kind: str) -> None:
        self._server = server
        self._kind = kind

    async def begin(self) -> None:
        """Freezes or kills it."""
        if self._kind == "frozen":
            self._server.signal(signal.SIGSTOP)
        else:
            await asyncio.to_thread(self._server.stop)

    async def end(self) -> None:
        """Lets it go on, or starts it again, empty."""
        if self._kind == "frozen":
            self._server.signal(signal.SIGCONT)
        else:
            await asyncio.to_thread(self._server.start)
