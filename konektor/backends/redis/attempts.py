"""Attempts that several instances count together, on Redis."""

import secrets
from itertools import count

from konektor.backends.memory import Clock, MemoryAttempts
from konektor.backends.redis.scripts import RedisScripts, RedisUnavailable, milliseconds

TAKE = """
local key, now, window, allowed = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
if redis.call('ZCARD', key) >= allowed then
    local oldest = redis.call('ZRANGE', key, -allowed, -allowed, 'WITHSCORES')[2]
    return oldest + window - now
end
redis.call('ZADD', key, now, ARGV[4])
redis.call('PEXPIRE', key, window)
return 0
"""

GIVE_BACK = "return #redis.call('ZPOPMAX', KEYS[1])"


class RedisAttempts:
    """ports.Attempts with a sorted set of times for each key; without Redis each instance counts for itself."""

    def __init__(self, scripts: RedisScripts, now: Clock) -> None:
        self._now = now
        self._local = MemoryAttempts(now)
        self._take, self._give_back = scripts.script(TAKE), scripts.script(GIVE_BACK)
        self._instance, self._attempts = secrets.token_hex(6), count()

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """See ports.Attempts."""
        # Unique over all instances: several attempts may have the same time.
        attempt = f"{self._instance} {next(self._attempts)}"
        try:
            wait: int = await self._take(
                [f"limit:{key}"], [milliseconds(self._now()), round(seconds * 1_000), allowed, attempt]
            )
        except RedisUnavailable:
            return await self._local.take(key, allowed, seconds)
        return wait / 1_000

    async def give_back(self, key: str) -> None:
        """See ports.Attempts."""
        try:
            await self._give_back([f"limit:{key}"], [])
        except RedisUnavailable:
            await self._local.give_back(key)
