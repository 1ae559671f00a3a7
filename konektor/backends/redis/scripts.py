"""Scripts on Redis: short timeouts, one exception, and no waiting while Redis is unavailable."""

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
"""Concurrent calls, each on its own connection; further calls wait for one of these, with the same timeout."""

Script = Callable[[Sequence[str], Sequence[str | int]], Awaitable[Any]]
"""Runs with the names of keys, without their prefix, and arguments; raises RedisUnavailable."""


class RedisUnavailable(Exception):  # noqa: N818 - a state of Redis, not a mistake
    """Redis does not reply or returns an error; a write may have happened or may still happen."""


class RedisScripts:
    """Scripts that run in one Redis on keys that begin with `prefix`.

    A call waits at most `timeout` seconds for a connection, and as long for its result. After a failure every call
    fails immediately for `pause` seconds; then one call tries while the others still fail immediately, so that a frozen
    Redis delays one call per `pause`.
    """

    def __init__(self, url: str, prefix: str, *, timeout: float = 0.3, pause: float = 1.0) -> None:
        self._prefix, self._timeout, self._pause = prefix, timeout, pause
        self._redis: Redis = Redis.from_url(
            url,
            decode_responses=True,
            encoding_errors="surrogatepass",  # a key may contain an unpaired surrogate
            protocol=2,
            max_connections=MAX_CALLS,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
        )
        self._slots = asyncio.Semaphore(MAX_CALLS)
        self._ping = self.script("return redis.call('PING')")
        self._unavailable_until = 0.0
        self.up = True
        """Whether the last call succeeded."""

    def script(self, text: str) -> Script:
        """A Lua script, which is loaded again whenever Redis does not have it."""
        registered = self._redis.register_script(text)

        async def run(keys: Sequence[str], args: Sequence[str | int]) -> Any:
            return await self._run(registered, [self._prefix + key for key in keys], args)

        return run

    async def ping(self) -> None:
        """Returns when Redis replies; raises RedisUnavailable."""
        await self._ping([], [])

    async def close(self) -> None:
        """Closes the connections; no script can run afterwards."""
        await self._redis.aclose()

    async def _run(self, script: AsyncScript, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        try:
            async with asyncio.timeout(self._timeout):
                await self._slots.acquire()
        except TimeoutError:  # Redis is slow but works: the calls before this one get results
            raise RedisUnavailable from None
        try:
            return await self._call(script, keys, args)
        finally:
            self._slots.release()

    async def _call(self, script: AsyncScript, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        now = time.monotonic()
        if now < self._unavailable_until:
            raise RedisUnavailable
        if not self.up:
            self._unavailable_until = now + self._pause
        try:
            async with asyncio.timeout(self._timeout):
                result = await script(keys, args)
        except (RedisError, OSError, TimeoutError) as error:
            self._failed(error)
            raise RedisUnavailable from error
        self._succeeded()
        return result

    def _failed(self, error: Exception) -> None:
        self._unavailable_until = time.monotonic() + self._pause
        if self.up:
            reason = f"{type(error).__name__}, {error}" if str(error) else "no reply in time"
            log.warning("Redis is unavailable; this instance continues without it: %s", reason)
        self.up = False

    def _succeeded(self) -> None:
        self._unavailable_until = 0.0
        if not self.up:
            log.warning("Redis is available again")
        self.up = True


def milliseconds(at: datetime) -> int:
    """The time in ms since 1970, as scripts take it."""
    return round(at.timestamp() * 1_000)
