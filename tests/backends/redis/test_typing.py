"""Signs of writing on Redis: seen by every instance, ended by one, and by nobody forgotten."""

import time

import redis.asyncio

from konektor.backends.redis.typing import RedisTyping
from tests.conftest import Clock, until
from tests.support.backends import answers, frozen, two_links
from tests.support.redis_server import redis_server


async def test_a_sign_is_ended_by_one_instance_only(redis_url: str, clock: Clock) -> None:
    """By the one that accepted it; the others see it come and go without a word."""
    async with two_links(redis_url) as links:
        one, other = (RedisTyping(link, clock) for link in links)
        await one.start("r:1990", "ada")
        assert await other.members("r:1990") == ["ada"]
        clock.forward(seconds=5)
        assert [await other.expire(), await one.expire(), await one.expire()] == [[], [("r:1990", "ada")], []]
        assert await other.members("r:1990") == []


async def test_a_sign_that_went_on_elsewhere_is_ended_there(redis_url: str, clock: Clock) -> None:
    """A member who changed to another instance while writing goes on writing for all."""
    async with two_links(redis_url) as links:
        one, other = (RedisTyping(link, clock) for link in links)
        await one.start("r:1990", "ada")
        clock.forward(seconds=3)
        assert await other.start("r:1990", "ada")
        clock.forward(seconds=2)
        assert ([*await one.expire(), *await other.expire()], await one.members("r:1990")) == ([], ["ada"])
        clock.forward(seconds=3)
        assert [await one.expire(), await other.expire()] == [[], [("r:1990", "ada")]]


async def test_a_sign_anew_behind_a_message_elsewhere_has_its_full_time(redis_url: str, clock: Clock) -> None:
    """The message ended the first sign on another instance; the second lasts five seconds and is ended."""
    async with two_links(redis_url) as links:
        one, other = (RedisTyping(link, clock) for link in links)
        await one.start("r:1990", "ada")
        assert await other.stop([("r:1990", "ada")])
        clock.forward(seconds=2)
        assert await one.start("r:1990", "ada")
        clock.forward(seconds=4.999)
        assert await one.expire() == []
        clock.forward(milliseconds=1)
        assert await one.expire() == [("r:1990", "ada")]


async def test_a_dead_instance_leaves_no_signs(clock: Clock) -> None:
    """Redis forgets a stream six seconds after the last sign in it."""
    with redis_server() as server:
        async with two_links(server.url) as (link, _), redis.asyncio.Redis.from_url(server.url) as client:
            await RedisTyping(link, clock).start("r:1990", "ada")
            (key,) = await client.keys("*")
            assert 4_000 < await client.pttl(key) <= 6_000


async def test_a_sign_that_redis_lost_is_ended_all_the_same(clock: Clock) -> None:
    """Who was told that somebody writes is told the end too."""
    with redis_server() as server:
        async with two_links(server.url) as (link, _), redis.asyncio.Redis.from_url(server.url) as client:
            typing = RedisTyping(link, clock)
            await typing.start("r:1990", "ada")
            await client.flushall()
            clock.forward(seconds=5)
            assert await typing.expire() == [("r:1990", "ada")]


async def test_signs_go_on_within_each_instance_while_redis_is_frozen(clock: Clock) -> None:
    """Those from before, which it accepted, and new ones; answered in time, ended in time, and together again after."""
    with redis_server() as server:
        async with two_links(server.url, patience=1) as links:
            one, other = (RedisTyping(link, clock) for link in links)
            await one.start("r:1990", "ada")
            with frozen(server):
                clock.forward(seconds=1)
                begun = time.monotonic()
                assert await one.start("r:1990", "bob")
                assert not await one.start("r:1990", "ada")
                assert await one.members("r:1990") == ["bob", "ada"]
                assert await one.stop([("r:1990", "bob")])
                assert time.monotonic() - begun < 2
                clock.forward(seconds=4)
                assert await one.expire() == [("r:1990", "ada")]
            for link in links:
                await until(lambda link=link: answers(link))
            assert await one.start("r:05-17", "cy")
            assert await other.members("r:05-17") == ["cy"]
