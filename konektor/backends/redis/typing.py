"""Typing that several instances share, on Redis."""

from collections.abc import Collection

from konektor.backends.memory import Clock
from konektor.backends.memory_typing import MAX_TYPING, TYPING_INTERVAL, TYPING_LIFE, MemoryTyping
from konektor.backends.redis.scripts import RedisScripts, RedisUnavailable, milliseconds
from konektor.ports import TypingPlace

KEY_LIFE = 6_000
"""ms after the last `start` in a stream until its key expires, so that a dead instance leaves nothing behind."""

# A stream's key is a sorted set: each member with the time at which they stop.
START = """
local now, lasts, counted = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ends and ends - lasts + counted > now then return 0 end
redis.call('ZADD', KEYS[1], now + lasts, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
"""

STOP = """
local stopped = {}
for place, key in ipairs(KEYS) do stopped[place] = redis.call('ZREM', key, ARGV[place]) end
return stopped
"""

MEMBERS = "return redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])"

# A member who has started again on another instance is typing until that one stops them. A missing member has stopped:
# the key expired, Redis was emptied, or a message was sent elsewhere; publishing that twice is harmless.
STOPPED = """
local stopped = {}
for place, key in ipairs(KEYS) do
    local ends = redis.call('ZSCORE', key, ARGV[place + 1])
    local gone = not ends or tonumber(ends) <= tonumber(ARGV[1])
    if ends and gone then redis.call('ZREM', key, ARGV[place + 1]) end
    stopped[place] = gone and 1 or 0
end
return stopped
"""


class RedisTyping:
    """ports.Typing with a sorted set for each stream; without Redis each instance knows only its own members.

    Each instance stops the members whose `start` it has accepted.
    """

    def __init__(self, scripts: RedisScripts, now: Clock) -> None:
        self._now = now
        self._local = MemoryTyping(now)
        self._start, self._stop = scripts.script(START), scripts.script(STOP)
        self._members, self._stopped = scripts.script(MEMBERS), scripts.script(STOPPED)
        self._durations = [
            round(TYPING_LIFE.total_seconds() * 1_000),
            round(TYPING_INTERVAL.total_seconds() * 1_000),
            KEY_LIFE,
        ]

    async def start(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        try:
            accepted = await self._start([_key(stream)], [member, milliseconds(self._now()), *self._durations])
        except RedisUnavailable:
            return await self._local.start(stream, member)
        if accepted:
            # A member who was stopped elsewhere may still be in `_local`, where `start` would be ignored.
            await self._local.stop([(stream, member)])
            await self._local.start(stream, member)
        return bool(accepted)

    async def stop(self, places: Collection[TypingPlace]) -> list[TypingPlace]:
        """See ports.Typing."""
        try:
            found: list[int] = await self._stop(
                [_key(stream) for stream, _ in places], [member for _, member in places]
            )
        except RedisUnavailable:
            return await self._local.stop(places)
        stopped = [place for place, typed in zip(places, found, strict=True) if typed]
        await self._local.stop(stopped)
        return stopped

    async def members(self, stream: str) -> list[str]:
        """See ports.Typing."""
        try:
            found: list[str] = await self._members([_key(stream)], [milliseconds(self._now()), MAX_TYPING])
        except RedisUnavailable:
            return await self._local.members(stream)
        return found

    async def expire(self) -> list[TypingPlace]:
        """See ports.Typing."""
        expired = self._local.remove_expired()
        if not expired:
            return []
        try:
            stopped: list[int] = await self._stopped(
                [_key(stream) for stream, _ in expired], [milliseconds(self._now()), *(member for _, member in expired)]
            )
        except RedisUnavailable:
            stopped = [1] * len(expired)
        return [item for item, gone in zip(expired, stopped, strict=True) if gone]


def _key(stream: str) -> str:
    return f"typing:{stream}"
