"""Two connections to one Redis."""

import asyncio
import os
import signal

import pytest
from redis.exceptions import RedisError

from konektor.realtime.bus.redis_pair import RedisPair, connection_pool, publish_command
from tests.realtime.bus_helpers import admin
from tests.realtime.conftest import until
from tests.support.redis_server import redis_server


async def test_what_is_published_is_received(redis_url: str) -> None:
    """Between subscribing and unsubscribing every message is received; payloads are any bytes."""
    pair = RedisPair(connection_pool(redis_url))
    await pair.open()
    await pair.subscribe([b"a", b"b"])
    assert [await pair.receive(), await pair.receive()] == [(b"subscribe", b"a", 1), (b"subscribe", b"b", 2)]
    payload = bytes(range(256)) * 1_000
    await pair.publish([publish_command(b"a", b""), publish_command(b"c", b"nobody"), publish_command(b"b", payload)])
    assert [await pair.receive(), await pair.receive()] == [(b"message", b"a", b""), (b"message", b"b", payload)]
    await pair.unsubscribe([b"a"])
    assert (await pair.receive())[:2] == (b"unsubscribe", b"a")
    await pair.publish([publish_command(b"a", b"1"), publish_command(b"b", b"2")])
    assert await pair.receive() == (b"message", b"b", b"2")
    await pair.close()


async def test_many_channels_are_asked_for_in_few_commands(redis_url: str) -> None:
    """2 500 channels take three commands."""
    pair = RedisPair(connection_pool(redis_url))
    await pair.open()
    async with admin(redis_url) as client:
        await client.config_resetstat()
        await pair.subscribe([b"many%d" % number for number in range(2_500)])
        for _channel in range(2_500):
            await pair.receive()
        assert (await client.info("commandstats"))["cmdstat_subscribe"]["calls"] == 3
    await pair.close()


async def test_an_error_of_redis_is_raised() -> None:
    """A pair without permission to publish fails."""
    with redis_server() as server:
        async with admin(server.url) as client:
            await client.acl_setuser("default", enabled=True, nopass=True, channels=["allowed"], reset_channels=True)
        pair = RedisPair(connection_pool(server.url))
        await pair.open()
        with pytest.raises(RedisError):
            await pair.publish([publish_command(b"forbidden", b"x")])
        await pair.subscribe([b"forbidden"])
        with pytest.raises(RedisError):
            await pair.receive()
        await pair.close()


async def test_a_frozen_redis_is_not_waited_for_and_not_kept() -> None:
    """More than the sockets hold is given up after a second, closing the pair does not wait to write it, and soon the
    sockets are gone though Redis is still frozen.
    """
    with redis_server() as server:
        before = asyncio.all_tasks()
        files = len(os.listdir("/proc/self/fd"))
        pair = RedisPair(connection_pool(server.url))
        await pair.open()
        server.signal(signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            await pair.publish([publish_command(b"a", bytes(1_000_000))] * 30)
        async with asyncio.timeout(5):
            await pair.close()
        assert asyncio.all_tasks() == before
        await until(lambda: len(os.listdir("/proc/self/fd")) <= files)


async def test_a_redis_that_is_gone_is_noticed() -> None:
    """The receiving connection notices."""
    with redis_server() as server:
        pair = RedisPair(connection_pool(server.url))
        await pair.open()
        await pair.subscribe([b"a"])
        await pair.receive()
        server.stop()
        with pytest.raises((RedisError, OSError)):
            await pair.receive()
        await pair.close()
        with pytest.raises((RedisError, OSError)):
            await RedisPair(connection_pool(server.url)).open()
