"""The bell between instances, on a real Redis that is well, slow, frozen, killed and empty again."""

import asyncio
import logging
import random
import signal
import time

import pytest

from konektor.realtime import Bus
from tests.realtime.bus_helpers import Fault, Listener, admin, listeners
from tests.realtime.conftest import until
from tests.redis_server import RedisServer, redis_server

NOTICED, BACK = 3.5, 3.0
"""Seconds in which a bus says that Redis is away, and that it is back."""


async def test_a_ring_is_heard_in_order_by_the_others_who_watch(redis_url: str) -> None:
    """Not by the one who rings, and not on channels that are not watched."""
    async with Listener(redis_url) as one, Listener(redis_url) as two, Listener(redis_url) as three:
        assert all([await bus.watch(channel) for bus in (one.bus, two.bus) for channel in ("a", "b\ud800")])
        for number in range(1_000):
            one.bus.ring("a" if number % 2 else "b\ud800", b"%d" % number)
        one.bus.ring("c", b"nobody")
        await until(lambda: len(two.heard) == 1_000)
        assert two.heard == [("a" if number % 2 else "b\ud800", b"%d" % number) for number in range(1_000)]
        assert (one.heard, three.heard) == ([], [])
        await until(lambda: one.bus.stats.rung == 1_001)
        assert (one.bus.stats.dropped, one.bus.stats.heard, two.bus.stats.heard) == (0, 0, 1_000)
        assert (one.bus.stats.subscriptions, three.bus.stats.subscriptions) == (2, 0)


async def test_an_instance_is_reached_by_its_own_channel(redis_url: str) -> None:
    """Without a watch; and a bus with another prefix hears nothing of it."""
    async with Listener(redis_url) as one, Listener(redis_url) as two, Listener(redis_url, "other:") as stranger:
        await stranger.bus.watch(two.bus.own)
        one.bus.ring(two.bus.own, b"hello")
        await until(lambda: two.heard)
        assert two.heard == [("@" + two.bus.instance, b"hello")]
        stranger.bus.ring(one.bus.own, b"x")
        await until(lambda: stranger.bus.stats.rung)
        assert (one.heard, stranger.heard) == ([], [])


async def test_what_is_rung_in_one_turn_leaves_in_one_pipeline(redis_url: str) -> None:
    """And what is watched in one turn in one command."""
    async with Listener(redis_url) as one, admin(redis_url) as client:
        before = await client.info("stats")
        commands = await client.info("commandstats")
        for _ring in range(200):
            one.bus.ring("a", b"x")
        await asyncio.gather(*(one.bus.watch(f"c{number}") for number in range(200)))
        await until(lambda: one.bus.stats.rung == 200)
        after = await client.info("stats")
        assert after["total_reads_processed"] - before["total_reads_processed"] < 10
        subscribed = (await client.info("commandstats"))["cmdstat_subscribe"]["calls"]
        assert subscribed - commands["cmdstat_subscribe"]["calls"] == 1


async def test_two_watches_need_two_unwatches(redis_url: str) -> None:
    """And more of them than that do nothing."""
    async with Listener(redis_url) as one, Listener(redis_url) as two:
        assert all(await asyncio.gather(two.bus.watch("twice"), two.bus.watch("twice")))
        two.bus.unwatch("twice")
        one.bus.ring("twice", b"1")
        await until(lambda: two.heard)
        assert await two.bus.watch("twice") is True
        for _more in range(4):
            two.bus.unwatch("twice")
        assert two.bus.stats.subscriptions == 0
        async with admin(redis_url) as client:
            while await listeners(redis_url, "test:twice"):
                await client.ping()
        one.bus.ring("twice", b"2")
        await until(lambda: one.bus.stats.rung == 2)
        assert two.heard == [("twice", b"1")]
        assert await two.bus.watch("twice") is True


async def test_one_who_gives_a_channel_up_is_not_kept_waiting(redis_url: str) -> None:
    """The watch of what is unwatched in the same turn ends at once, and one behind that is right."""
    async with Listener(redis_url) as one:
        given_up = one.bus.watch("brief")
        one.bus.unwatch("brief")
        assert given_up.result() is False
        again = one.bus.watch("brief")
        assert await again is True
        assert await listeners(redis_url, "test:brief") == 1


@pytest.mark.parametrize("seed", range(5))
async def test_watches_in_any_order_end_as_they_should(redis_url: str, seed: int) -> None:
    """A thousand watches and unwatches at random moments: Redis and the bus agree at the end, and nobody waits."""
    chance = random.Random(seed)
    async with Listener(redis_url, f"race{seed}:") as one, Listener(redis_url, f"race{seed}:") as other:
        wished = dict.fromkeys("abcdef", 0)
        answers = []
        for _step in range(1_000):
            channel = chance.choice("abcdef")
            if wished[channel] and chance.random() < 0.55:
                wished[channel] -= 1
                one.bus.unwatch(channel)
            else:
                wished[channel] += 1
                answers.append(one.bus.watch(channel))
            for _turn in range(chance.choice((0, 0, 0, 1, 2, 10))):
                await asyncio.sleep(0)
        await asyncio.wait_for(asyncio.gather(*answers), 1.0)
        assert all([await one.bus.watch(channel) for channel in wished])
        for channel in wished:
            one.bus.unwatch(channel)
            other.bus.ring(channel, b"x")
        await until(lambda: other.bus.stats.rung == 6)
        other.bus.ring(one.bus.own, b"last")
        await until(lambda: (one.bus.own, b"last") in one.heard)
        assert sorted(one.heard[:-1]) == [(channel, b"x") for channel in "abcdef" if wished[channel]]
        for channel, wishes in wished.items():
            assert await listeners(redis_url, f"race{seed}:{channel}") == bool(wishes)


async def test_a_receiver_that_fails_is_logged_and_hears_the_next(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """So is what is told of the change."""
    heard: list[bytes] = []

    def receive(_channel: str, payload: bytes) -> None:
        heard.append(payload)
        raise ValueError("bad")

    bus = Bus(redis_url, "test:", receive)
    bus.on_well = lambda well: receive("", b"well" if well else b"not well")
    async with Listener(redis_url) as one:
        await bus.start()
        one.bus.ring(bus.own, b"1")
        one.bus.ring(bus.own, b"2")
        await until(lambda: len(heard) == 3)
        await bus.stop()
    assert heard == [b"well", b"1", b"2", b"not well"]
    assert [record.levelname for record in caplog.records].count("ERROR") == 4


async def test_it_starts_without_a_redis_and_finds_it_later(caplog: pytest.LogCaptureFixture) -> None:
    """Meanwhile watching and ringing cost nothing; the watch holds when Redis has come."""
    with redis_server() as server:
        server.stop()
        async with Listener(server.url) as one, Listener(server.url) as two:
            begun = time.monotonic()
            assert await two.bus.watch("a") is False
            one.bus.ring("a", b"lost")
            assert time.monotonic() - begun < 0.05
            assert (one.bus.well, one.bus.stats.dropped) == (False, 1)
            await asyncio.to_thread(server.start)
            await until(lambda: one.bus.well and two.bus.well, BACK)
            one.bus.ring("a", b"found")
            await until(lambda: two.heard)
            assert two.heard == [("a", b"found")]
            assert one.bus.stats.reconnects > 0
    assert len(caplog.records) == 4  # away and back, for each


@pytest.mark.parametrize("kind", ["frozen", "killed"])
async def test_redis_goes_away_and_comes_back(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is noticed in time, nobody waits long meanwhile, and all subscriptions are there again with the first sign of
    life. One line is logged for each change.
    """
    with redis_server() as server:
        fault = Fault(server, kind)
        async with Listener(server.url) as one, Listener(server.url) as two:
            assert all(await asyncio.gather(*(two.bus.watch(f"c{number}") for number in range(3_000))))
            two.bus.unwatch("c5")
            await fault.begin()
            begun = time.monotonic()
            await two.bus.watch("late")
            assert time.monotonic() - begun < 0.6
            await until(lambda: not one.bus.well and not two.bus.well, NOTICED)
            two.bus.unwatch("c6")
            assert await two.bus.watch("new") is False
            assert (one.turns, two.turns) == ([True, False], [True, False])
            await until(lambda: min(each.bus.stats.reconnects for each in (one, two)) >= 2, 10)
            await fault.end()
            await until(lambda: one.bus.well and two.bus.well, BACK)
            for channel in ("c0", "c5", "c6", "c2999", "late", "new"):
                one.bus.ring(channel, b"x")
            await until(lambda: len(two.heard) == 4)
            assert [channel for channel, _payload in two.heard] == ["c0", "c2999", "late", "new"]
            assert two.bus.stats.subscriptions == 3_000
            assert one.turns == two.turns == [True, False, True]
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 4


async def test_a_flood_while_redis_is_frozen_is_bounded() -> None:
    """50 000 rings of 1 KB: they take no time, what waits has a bound, and each is counted once."""
    with redis_server() as server:
        async with Listener(server.url) as one:
            server.signal(signal.SIGSTOP)
            begun = time.monotonic()
            for start in range(0, 50_000, 1_000):
                for _ring in range(1_000):
                    one.bus.ring("a", bytes(1_000))
                await asyncio.sleep(0)
                assert one.bus._outbox._bytes <= 16 * 1024 * 1024, start
            assert time.monotonic() - begun < 1.0
            assert one.bus.stats.dropped > 30_000
            await until(lambda: not one.bus.well, NOTICED)
            assert (one.bus.stats.rung + one.bus.stats.dropped, one.bus._outbox._bytes) == (50_000, 0)
            server.signal(signal.SIGCONT)
            await until(lambda: one.bus.well, BACK)
            one.bus.ring("a", b"x")
            await until(lambda: one.bus.stats.rung + one.bus.stats.dropped == 50_001)


async def test_a_slow_redis_is_waited_for() -> None:
    """One that stands still for 0.7 s loses nothing and stays well."""
    with redis_server() as server:
        async with Listener(server.url) as one, Listener(server.url) as two:
            await two.bus.watch("a")
            server.signal(signal.SIGSTOP)
            asyncio.get_running_loop().call_later(0.7, server.signal, signal.SIGCONT)
            for number in range(100):
                one.bus.ring("a", b"%d" % number)
                await asyncio.sleep(0.001)
            await until(lambda: len(two.heard) == 100)
            assert two.heard == [("a", b"%d" % number) for number in range(100)]
            assert one.turns == two.turns == [True]


async def test_a_backlog_of_messages_does_not_count_as_silence(redis_url: str) -> None:
    """While others still come, a late probe says that the bus is not well, but nothing is thrown away for it."""
    heard: list[bytes] = []

    def receive(_channel: str, payload: bytes) -> None:
        time.sleep(0.001)  # an instance that has more to do than it can
        heard.append(payload)

    bus, turns = Bus(redis_url, "test:", receive), list[bool]()
    bus.on_well = turns.append
    await bus.start()
    async with admin(redis_url) as client, client.pipeline(transaction=False) as pipeline:
        for number in range(5_000):
            pipeline.publish("test:" + bus.own, b"0123456789ab%d" % number)
        await pipeline.execute()
    await until(lambda: len(heard) == 5_000, 15)
    await until(lambda: bus.well, 5)
    await bus.stop()
    assert heard == [b"%d" % number for number in range(5_000)]
    assert (turns, bus.lapses, bus.stats.reconnects) == ([True, False, True, False], 2, 0)


@pytest.mark.parametrize("kind", ["well", "frozen", "killed", "never there"])
async def test_nothing_is_left_when_it_stops(kind: str) -> None:
    """No task, no connection, and nobody who waits; whatever state Redis is in. It may stop twice."""
    with redis_server() as server:
        if kind == "never there":
            server.stop()
        before = asyncio.all_tasks()
        one = Listener(server.url)
        await one.bus.start()
        if kind in ("frozen", "killed"):
            await Fault(server, kind).begin()
        waiting = one.bus.watch("a")
        for _ring in range(2_000):
            one.bus.ring("a", bytes(2_000))
        begun = time.monotonic()
        await asyncio.gather(one.bus.stop(), one.bus.stop())
        await one.bus.stop()
        assert time.monotonic() - begun < 1.0
        assert asyncio.all_tasks() == before
        assert waiting.done()
        assert not one.bus.well
        if kind == "well":
            assert one.bus.stats.rung == 2_000
            await until_alone(server)
        one.bus.ring("a", b"x")
        await one.bus.start()
        assert asyncio.all_tasks() == before


async def until_alone(server: RedisServer) -> None:
    """Returns when nobody else is connected to Redis."""
    async with admin(server.url) as client, asyncio.timeout(5):
        while (await client.info("clients"))["connected_clients"] > 1:
            await client.ping()


def test_a_bad_address_is_refused_when_the_bus_is_made() -> None:
    """Not when it starts."""
    with pytest.raises(ValueError, match="scheme"):
        Bus("http://127.0.0.1", "test:", lambda _channel, _payload: None)
