"""The link to Redis: short timeout, one kind of failure, and no waiting for a Redis that is away."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

log = logging.getLogger("konektor.redis")

MAX_CALLS = 16
"""Calls under way at once, each on a connection of its own; the others wait for their turn, with the same timeout."""

Script = Callable[[Sequence[str], Sequence[str | int]], Awaitable[Any]]
"""Runs with the names of keys, without their prefix, and arguments; raises RedisUnavailable."""


class RedisUnavailable(Exception):  # noqa: N818 - it is a state of Redis, not a mistake
    """Redis does not answer or refuses to work; a write may have happened or may happen yet."""


class RedisScripts:
    """Scripts that run in one Redis on keys that begin with `prefix`.

    A call waits `timeout` seconds at most for its turn, and as long for its answer. After a failure every call fails
    at once for `pause` seconds, and then one call tries while the others go on failing at once, so that a frozen Redis
    holds nobody up but now and then one.
    """

    def __init__(self, url: str, prefix: str, *, timeout: float = 0.3, pause: float = 1.0) -> None:
        self._prefix, self._timeout, self._pause = prefix, timeout, pause
        self._redis: Redis = Redis.from_url(
            url,
            decode_responses=True,
            encoding_errors="surrogatepass",  # half of a character in a key is a key like any other
            protocol=2,
            max_connections=MAX_CALLS,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
        )
        self._slots = asyncio.Semaphore(MAX_CALLS)
        self._ping = self.script("return redis.call('PING')")
        self._closed_until = 0.0
        self.up = True
        """Whether the last call was answered."""

    def script(self, text: str) -> Script:
        """A Lua script, which Redis is given again whenever it does not have it."""
        registered = self._redis.register_script(text)

        async def run(keys: Sequence[str], args: Sequence[str | int]) -> Any:
            return await self._run(registered, [self._prefix + key for key in keys], args)

        return run

    async def ping(self) -> None:
        """Done when Redis answers; raises RedisUnavailable."""
        await self._ping([], [])

    async def close(self) -> None:
        """Closes the connections; the link is of no use afterwards."""
        await self._redis.aclose()

    async def _run(self, script: AsyncScript, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        try:
            async with asyncio.timeout(self._timeout):
                await self._slots.acquire()
        except TimeoutError:  # Redis is slow, but those before this one are answered
            raise RedisUnavailable from None
        try:
            return await self._answer(script, keys, args)
        finally:
            self._slots.release()

    async def _answer(self, script: AsyncScript, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        moment = time.monotonic()
        if moment < self._closed_until:
            raise RedisUnavailable
        if not self.up:
            self._closed_until = moment + self._pause
        try:
            async with asyncio.timeout(self._timeout):
                answer = await script(keys, args)
        except (RedisError, OSError, TimeoutError) as error:
            self._failed(error)
            raise RedisUnavailable from error
        self._answered()
        return answer

    def _failed(self, error: Exception) -> None:
        self._closed_until = time.monotonic() + self._pause
        if self.up:
            reason = f"{type(error).__name__}, {error}" if str(error) else "no answer in time"
            log.warning("Redis is away; this instance goes on alone: %s", reason)
        self.up = False

    def _answered(self) -> None:
        self._closed_until = 0.0
        if not self.up:
            log.warning("Redis is back")
        self.up = True


def milliseconds(moment: datetime) -> int:
    """The moment as scripts count time."""
    return round(moment.timestamp() * 1_000)
