"""Limits on Redis: exact over several instances, gone from Redis in time, and never in the way when it is."""

import asyncio
import time

import redis.asyncio

from konektor.backends.redis.attempts import RedisAttempts
from tests.conftest import Clock, until
from tests.support.backends import answers, frozen, two_links
from tests.support.redis_server import redis_server


async def test_instances_let_exactly_the_allowed_through_together(redis_url: str, clock: Clock) -> None:
    """Of a hundred attempts at the same moment over two instances ten pass, and what was given back is one more."""
    async with two_links(redis_url) as links:
        both = [RedisAttempts(link, clock) for link in links]
        waits = await asyncio.gather(*(both[number % 2].take("ada", 10, 60) for number in range(100)))
        assert sorted(waits) == [0] * 10 + [60] * 90
        await both[0].give_back("ada")
        assert [await both[1].take("ada", 10, 60), await both[0].take("ada", 10, 60)] == [0, 60]


async def test_redis_keeps_attempts_no_longer_than_their_window(clock: Clock) -> None:
    """A key is gone by itself a window after the last attempt."""
    with redis_server() as server:
        async with two_links(server.url) as (link, _), redis.asyncio.Redis.from_url(server.url) as client:
            await RedisAttempts(link, clock).take("ada", 5, 60)
            (key,) = await client.keys("*")
            assert 50_000 < await client.pttl(key) <= 60_000


async def test_limits_hold_on_each_instance_while_redis_is_frozen(clock: Clock) -> None:
    """Counted there alone and answered in time, and together again behind the outage."""
    with redis_server() as server:
        async with two_links(server.url, patience=1) as links:
            one, other = (RedisAttempts(link, clock) for link in links)
            with frozen(server):
                for limits in (one, other):
                    begun = time.monotonic()
                    waits = await asyncio.gather(*(limits.take("ada", 3, 60) for _ in range(20)))
                    assert time.monotonic() - begun < 2
                    assert sorted(waits) == [0] * 3 + [60] * 17
                await one.give_back("ada")
                assert await one.take("ada", 3, 60) == 0
            for link in links:
                await until(lambda link=link: answers(link))
            waits = [await limits.take("bob", 3, 60) for limits in (one, other) * 2]
            assert waits == [0, 0, 0, 60]
