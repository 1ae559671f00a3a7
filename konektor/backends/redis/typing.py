"""Signs of writing that several instances share, on Redis."""

from konektor.backends.memory import MAX_TYPING, TYPING_INTERVAL, TYPING_LIFE, Clock, MemoryTyping
from konektor.backends.redis.scripts import RedisScripts, RedisUnavailable, milliseconds

KEPT = 6_000
"""ms beyond the last sign that a stream's signs are kept for, so that a dead instance leaves none behind."""

# A stream's key is a sorted set: each member with the moment at which the sign ends.
SIGN = """
local now, lasts, counted = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ends and ends - lasts + counted > now then return 0 end
redis.call('ZADD', KEYS[1], now + lasts, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
"""

STOP = "return redis.call('ZREM', KEYS[1], ARGV[1])"

WRITERS = "return redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])"

# A sign that another instance has accepted since then goes on and is that one's to end. One that is not there has ended
# with the key, with an emptied Redis, or by a message elsewhere; saying so twice harms nobody, never saying so does.
OVER = """
local over = {}
for place, key in ipairs(KEYS) do
    local ends = redis.call('ZSCORE', key, ARGV[place + 1])
    local gone = not ends or tonumber(ends) <= tonumber(ARGV[1])
    if ends and gone then redis.call('ZREM', key, ARGV[place + 1]) end
    over[place] = gone and 1 or 0
end
return over
"""


class RedisTyping:
    """ports.Typing with a sorted set for each stream; alone while Redis is away.

    Each instance ends the signs that it has accepted itself.
    """

    def __init__(self, scripts: RedisScripts, now: Clock) -> None:
        self._now = now
        self._own = MemoryTyping(now)
        self._sign, self._stop = scripts.script(SIGN), scripts.script(STOP)
        self._writers, self._over = scripts.script(WRITERS), scripts.script(OVER)
        self._terms = [round(TYPING_LIFE.total_seconds() * 1_000), round(TYPING_INTERVAL.total_seconds() * 1_000), KEPT]

    async def start(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        try:
            accepted = await self._sign([_key(stream)], [member, milliseconds(self._now()), *self._terms])
        except RedisUnavailable:
            return await self._own.start(stream, member)
        if accepted:
            # One that was stopped elsewhere may stand here yet, and would keep its earlier end.
            await self._own.stop(stream, member)
            await self._own.start(stream, member)
        return bool(accepted)

    async def stop(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        try:
            stopped = await self._stop([_key(stream)], [member])
        except RedisUnavailable:
            return await self._own.stop(stream, member)
        if stopped:
            await self._own.stop(stream, member)
        return bool(stopped)

    async def members(self, stream: str) -> list[str]:
        """See ports.Typing."""
        try:
            found: list[str] = await self._writers([_key(stream)], [milliseconds(self._now()), MAX_TYPING])
        except RedisUnavailable:
            return await self._own.members(stream)
        return found

    async def expire(self) -> list[str]:
        """See ports.Typing."""
        own = self._own.over()
        if not own:
            return []
        try:
            over: list[int] = await self._over(
                [_key(stream) for stream, _ in own], [milliseconds(self._now()), *(member for _, member in own)]
            )
        except RedisUnavailable:
            over = [1] * len(own)
        return list(dict.fromkeys(stream for (stream, _), ended in zip(own, over, strict=True) if ended))


def _key(stream: str) -> str:
    return f"typing:{stream}"
