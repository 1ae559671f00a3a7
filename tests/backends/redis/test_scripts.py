"""The link to Redis: what it costs while Redis is frozen or gone, and that nothing is left to do when it is back."""

import asyncio
import signal
import time

import pytest
import redis.asyncio

from konektor.backends.redis.scripts import MAX_CALLS, RedisScripts, RedisUnavailable
from tests.conftest import at_once, until
from tests.support.backends import answers, two_links
from tests.support.redis_server import redis_server

NUMBER = "return redis.call('INCR', KEYS[1])"


async def test_scripts_survive_an_emptied_redis(redis_url: str) -> None:
    """A Redis that has forgotten a script is given it again within the call."""
    async with two_links(redis_url) as (link, _), redis.asyncio.Redis.from_url(redis_url) as client:
        number = link.script(NUMBER)
        assert await number(["a"], []) == 1
        await client.script_flush()
        assert await number(["a"], []) == 2


async def test_every_key_begins_with_the_prefix() -> None:
    """So that one Redis can serve others as well; half of a character is part of a key like any other."""
    with redis_server() as server:
        link = RedisScripts(server.url, "konektor:")
        await link.script(NUMBER)(["limit:\ud800"], [])
        await link.close()
        async with redis.asyncio.Redis.from_url(server.url) as client:
            assert await client.keys("*") == [b"konektor:limit:\xed\xa0\x80"]


async def test_a_crowd_of_calls_waits_its_turn(redis_url: str) -> None:
    """All are answered, over no more connections than there are lanes."""
    async with two_links(redis_url) as (link, _), redis.asyncio.Redis.from_url(redis_url) as client:
        before = (await client.info("clients"))["connected_clients"]
        number = link.script(NUMBER)
        counted = await asyncio.gather(*(number(["a"], []) for _ in range(500)))
        assert sorted(counted) == list(range(1, 501))
        assert (await client.info("clients"))["connected_clients"] - before <= MAX_CALLS


async def test_a_frozen_redis_holds_up_one_call_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    """A crowd is held up once, later calls not at all, and of those after the pause only one; then all is well again.

    What was lost and that it is back is logged once each.
    """
    with redis_server() as server:
        link = RedisScripts(server.url, "t:")
        await link.ping()
        server.signal(signal.SIGSTOP)
        begun = time.monotonic()
        assert not any(await asyncio.gather(*(answers(link) for _ in range(200))))
        assert 0.29 < time.monotonic() - begun < 3
        assert not link.up
        begun = time.monotonic()
        assert not any(await at_once(*(answers(link) for _ in range(200)), turns=100))
        await until(lambda: time.monotonic() > begun + 1)
        trying = asyncio.create_task(answers(link))
        await asyncio.sleep(0)
        assert not any(await at_once(*(answers(link) for _ in range(199)), turns=100))
        assert not trying.done()
        server.signal(signal.SIGCONT)
        await until(lambda: answers(link))
        assert link.up
        await trying
        await link.close()
    lines = [record.message.split(";")[0] for record in caplog.records]
    assert lines == ["Redis is unavailable", "Redis is available again"]


async def test_a_redis_that_starts_again_is_found() -> None:
    """Gone is RedisUnavailable at once; started again, it is used within the pause, without anybody's help."""
    with redis_server() as server:
        link = RedisScripts(server.url, "t:", pause=0.05, timeout=30)
        assert await answers(link)
        server.stop()
        begun = time.monotonic()
        assert not await answers(link)
        assert time.monotonic() - begun < 10
        server.start()
        await until(lambda: answers(link))
        await link.close()


async def test_a_redis_that_refuses_is_away(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Out of memory or read-only is no better than gone, and the log says which."""
    async with two_links(redis_url) as (link, _):
        with pytest.raises(RedisUnavailable):
            await link.script("return redis.error_reply('OOM command not allowed')")([], [])
        assert not link.up
        assert "OutOfMemoryError, command not allowed" in caplog.text


async def test_a_caller_who_leaves_does_no_harm(redis_url: str) -> None:
    """Calls cancelled half way leave every lane free and no answer for somebody else."""
    async with two_links(redis_url) as (link, _):
        echo = link.script("return ARGV[1]")
        for _ in range(5):
            tasks = [asyncio.create_task(echo([], [number])) for number in range(100)]
            await asyncio.sleep(0)
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert await asyncio.gather(*(echo([], [number]) for number in range(200))) == [str(n) for n in range(200)]
