"""Two connections to one Redis."""

import asyncio
import os
import signal

import pytest
from redis.exceptions import RedisError

from konektor.realtime.bus.redis_pair import Line, connections, publishing
from tests.realtime.bus_helpers import admin
from tests.realtime.conftest import until
from tests.redis_server import redis_server


async def test_what_is_published_is_heard(redis_url: str) -> None:
    """Between the agreement to hear a channel and that not to; payloads are any bytes."""
    line = Line(connections(redis_url))
    await line.open()
    await line.subscribe([b"a", b"b"])
    assert [await line.hear(), await line.hear()] == [(b"subscribe", b"a", 1), (b"subscribe", b"b", 2)]
    payload = bytes(range(256)) * 1_000
    await line.publish([publishing(b"a", b""), publishing(b"c", b"nobody"), publishing(b"b", payload)])
    assert [await line.hear(), await line.hear()] == [(b"message", b"a", b""), (b"message", b"b", payload)]
    await line.unsubscribe([b"a"])
    await line.publish([publishing(b"a", b"1"), publishing(b"b", b"2")])
    assert sorted([(await line.hear())[:2], (await line.hear())[:2]]) == [(b"message", b"b"), (b"unsubscribe", b"a")]
    await line.close()


async def test_many_channels_are_asked_for_in_few_commands(redis_url: str) -> None:
    """2 500 in three."""
    line = Line(connections(redis_url))
    await line.open()
    async with admin(redis_url) as client:
        await client.config_resetstat()
        await line.subscribe([b"many%d" % number for number in range(2_500)])
        for _channel in range(2_500):
            await line.hear()
        assert (await client.info("commandstats"))["cmdstat_subscribe"]["calls"] == 3
    await line.close()


async def test_what_redis_refuses_is_raised() -> None:
    """A line that may not publish is of no use."""
    with redis_server() as server:
        async with admin(server.url) as client:
            await client.acl_setuser("default", enabled=True, nopass=True, channels=["allowed"], reset_channels=True)
        line = Line(connections(server.url))
        await line.open()
        with pytest.raises(RedisError):
            await line.publish([publishing(b"forbidden", b"x")])
        await line.subscribe([b"forbidden"])
        with pytest.raises(RedisError):
            await line.hear()
        await line.close()


async def test_a_frozen_redis_is_not_waited_for_and_not_kept() -> None:
    """More than the sockets hold is given up after a second, closing the line does not wait to write it, and soon the
    sockets are gone though Redis is still frozen.
    """
    with redis_server() as server:
        before = asyncio.all_tasks()
        files = len(os.listdir("/proc/self/fd"))
        line = Line(connections(server.url))
        await line.open()
        server.signal(signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            await line.publish([publishing(b"a", bytes(1_000_000))] * 30)
        async with asyncio.timeout(0.1):
            await line.close()
        assert asyncio.all_tasks() == before
        await until(lambda: len(os.listdir("/proc/self/fd")) <= files)


async def test_a_redis_that_is_gone_is_noticed() -> None:
    """By the side that listens."""
    with redis_server() as server:
        line = Line(connections(server.url))
        await line.open()
        await line.subscribe([b"a"])
        await line.hear()
        server.stop()
        with pytest.raises((RedisError, OSError)):
            await line.hear()
        await line.close()
        with pytest.raises((RedisError, OSError)):
            await Line(connections(server.url)).open()
