"""The bus between instances, on a real Redis that is healthy, slow, frozen, killed and empty again."""

import asyncio
import logging
import random
import signal
import time

import pytest

from konektor.realtime import Bus
from tests.realtime.bus_helpers import NOTICED, Fault, Listener, admin, listeners
from tests.realtime.conftest import until
from tests.support.redis_server import RedisServer, redis_server


async def test_a_message_reaches_the_other_subscribers_in_order(redis_url: str) -> None:
    """It does not reach the sender, nor instances that are not subscribed."""
    async with Listener(redis_url) as one, Listener(redis_url) as two, Listener(redis_url) as three:
        assert all([await bus.subscribe(channel) for bus in (one.bus, two.bus) for channel in ("a", "b\ud800")])
        for number in range(1_000):
            one.bus.publish("a" if number % 2 else "b\ud800", b"%d" % number)
        one.bus.publish("c", b"nobody")
        await until(lambda: len(two.received) == 1_000)
        assert two.received == [("a" if number % 2 else "b\ud800", b"%d" % number) for number in range(1_000)]
        assert (one.received, three.received) == ([], [])
        await until(lambda: one.bus.stats.published == 1_001)
        assert (one.bus.stats.dropped, one.bus.stats.received, two.bus.stats.received) == (0, 0, 1_000)
        assert (one.bus.stats.subscriptions, three.bus.stats.subscriptions) == (2, 0)


async def test_an_instance_is_reached_by_its_own_channel(redis_url: str) -> None:
    """No subscription is needed; a bus with another prefix does not receive it."""
    async with Listener(redis_url) as one, Listener(redis_url) as two, Listener(redis_url, "other:") as stranger:
        await stranger.bus.subscribe(two.bus.own)
        one.bus.publish(two.bus.own, b"hello")
        await until(lambda: two.received)
        assert two.received == [("@" + two.bus.instance, b"hello")]
        stranger.bus.publish(one.bus.own, b"x")
        await until(lambda: stranger.bus.stats.published)
        assert (one.received, stranger.received) == ([], [])


async def test_messages_of_one_turn_leave_in_one_pipeline(redis_url: str) -> None:
    """Subscriptions of one turn are sent in one command."""
    async with Listener(redis_url) as one, admin(redis_url) as client:
        before = await client.info("stats")
        commands = await client.info("commandstats")
        for _ring in range(200):
            one.bus.publish("a", b"x")
        await asyncio.gather(*(one.bus.subscribe(f"c{number}") for number in range(200)))
        await until(lambda: one.bus.stats.published == 200)
        after = await client.info("stats")
        assert after["total_reads_processed"] - before["total_reads_processed"] < 10
        subscribed = (await client.info("commandstats"))["cmdstat_subscribe"]["calls"]
        assert subscribed - commands["cmdstat_subscribe"]["calls"] == 1


async def test_two_subscribes_need_two_unsubscribes(redis_url: str) -> None:
    """Further unsubscribes have no effect."""
    async with Listener(redis_url) as one, Listener(redis_url) as two:
        assert all(await asyncio.gather(two.bus.subscribe("twice"), two.bus.subscribe("twice")))
        two.bus.unsubscribe("twice")
        one.bus.publish("twice", b"1")
        await until(lambda: two.received)
        assert await two.bus.subscribe("twice") is True
        for _more in range(4):
            two.bus.unsubscribe("twice")
        assert two.bus.stats.subscriptions == 0
        async with admin(redis_url) as client:
            while await listeners(redis_url, "test:twice"):
                await client.ping()
        one.bus.publish("twice", b"2")
        await until(lambda: one.bus.stats.published == 2)
        assert two.received == [("twice", b"1")]
        assert await two.bus.subscribe("twice") is True


async def test_unsubscribing_resolves_a_pending_subscription(redis_url: str) -> None:
    """It becomes False at once, and a later subscription works."""
    async with Listener(redis_url) as one:
        given_up = one.bus.subscribe("brief")
        one.bus.unsubscribe("brief")
        assert given_up.result() is False
        again = one.bus.subscribe("brief")
        assert await again is True
        assert await listeners(redis_url, "test:brief") == 1


@pytest.mark.parametrize("seed", range(5))
async def test_subscriptions_in_any_order_end_as_they_should(redis_url: str, seed: int) -> None:
    """After a thousand random changes Redis and the bus agree, and no future is pending."""
    chance = random.Random(seed)
    async with Listener(redis_url, f"race{seed}:") as one, Listener(redis_url, f"race{seed}:") as other:
        wished = dict.fromkeys("abcdef", 0)
        answers = []
        for _step in range(1_000):
            channel = chance.choice("abcdef")
            if wished[channel] and chance.random() < 0.55:
                wished[channel] -= 1
                one.bus.unsubscribe(channel)
            else:
                wished[channel] += 1
                answers.append(one.bus.subscribe(channel))
            for _turn in range(chance.choice((0, 0, 0, 1, 2, 10))):
                await asyncio.sleep(0)
        await asyncio.wait_for(asyncio.gather(*answers), 30)
        assert all([await one.bus.subscribe(channel) for channel in wished])
        for channel in wished:
            one.bus.unsubscribe(channel)
            other.bus.publish(channel, b"x")
        await until(lambda: other.bus.stats.published == 6)
        other.bus.publish(one.bus.own, b"last")
        await until(lambda: (one.bus.own, b"last") in one.received)
        assert sorted(one.received[:-1]) == [(channel, b"x") for channel in "abcdef" if wished[channel]]
        for channel, wishes in wished.items():
            assert await listeners(redis_url, f"race{seed}:{channel}") == bool(wishes)


async def test_a_failing_callback_is_logged_and_called_again(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """This holds for messages and health changes."""
    heard: list[bytes] = []

    def receive(_channel: str, payload: bytes) -> None:
        heard.append(payload)
        raise ValueError("bad")

    bus = Bus(redis_url, "test:", receive)
    bus.on_health = lambda well: receive("", b"well" if well else b"not well")
    async with Listener(redis_url) as one:
        await bus.start()
        one.bus.publish(bus.own, b"1")
        one.bus.publish(bus.own, b"2")
        await until(lambda: len(heard) == 3)
        await bus.stop()
    assert heard == [b"well", b"1", b"2", b"not well"]
    assert [record.levelname for record in caplog.records].count("ERROR") == 4


async def test_it_starts_without_a_redis_and_finds_it_later(caplog: pytest.LogCaptureFixture) -> None:
    """Meanwhile subscribing and publishing return at once; the subscription is made when Redis has started."""
    with redis_server() as server:
        server.stop()
        async with Listener(server.url) as one, Listener(server.url) as two:
            subscribed = two.bus.subscribe("a")
            assert subscribed.done()
            assert subscribed.result() is False
            one.bus.publish("a", b"lost")
            assert (one.bus.healthy, one.bus.stats.dropped) == (False, 1)
            await asyncio.to_thread(server.start)
            await until(lambda: one.bus.healthy and two.bus.healthy, NOTICED)
            one.bus.publish("a", b"found")
            await until(lambda: two.received)
            assert two.received == [("a", b"found")]
            assert one.bus.stats.reconnects > 0
    assert len(caplog.records) == 4  # away and back, for each


@pytest.mark.parametrize("kind", ["frozen", "killed"])
async def test_redis_goes_away_and_comes_back(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """Both buses notice in time, no call waits for that, subscriptions are restored, each change is logged once."""
    with redis_server() as server:
        fault = Fault(server, kind)
        async with Listener(server.url) as one, Listener(server.url) as two:
            await until(lambda: one.bus.healthy and two.bus.healthy)
            await asyncio.gather(*(two.bus.subscribe(f"c{number}") for number in range(1_500)))
            assert await two.bus.subscribe("c1499") is True  # confirmed after all others
            two.bus.unsubscribe("c1499")
            two.bus.unsubscribe("c5")
            await fault.begin()
            await two.bus.subscribe("late")
            assert kind == "killed" or two.bus.healthy
            await until(lambda: not one.bus.healthy and not two.bus.healthy, NOTICED)
            two.bus.unsubscribe("c6")
            assert await two.bus.subscribe("new") is False
            assert (one.health_changes, two.health_changes) == ([True, False], [True, False])
            await until(lambda: min(each.bus.stats.reconnects for each in (one, two)) >= 2)
            await fault.end()
            await until(lambda: one.bus.healthy and two.bus.healthy, NOTICED)
            for channel in ("c0", "c5", "c6", "c1499", "late", "new"):
                one.bus.publish(channel, b"x")
            await until(lambda: len(two.received) == 4)
            assert [channel for channel, _payload in two.received] == ["c0", "c1499", "late", "new"]
            assert two.bus.stats.subscriptions == 1_500
            assert one.health_changes == two.health_changes == [True, False, True]
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 4


async def test_a_flood_while_redis_is_frozen_is_bounded() -> None:
    """50 000 messages of 1 KB are queued within a bound, and each is counted once."""
    with redis_server() as server:
        async with Listener(server.url) as one:
            server.signal(signal.SIGSTOP)
            for start in range(0, 50_000, 1_000):
                for _ring in range(1_000):
                    one.bus.publish("a", bytes(1_000))
                await asyncio.sleep(0)
                assert one.bus._queue._bytes <= 16 * 1024 * 1024, start
            assert one.bus.stats.dropped > 30_000
            await until(lambda: not one.bus.healthy, NOTICED)
            # What is queued is not dropped in the very turn in which the bus becomes unhealthy.
            await until(lambda: one.bus.stats.published + one.bus.stats.dropped == 50_000)
            assert one.bus._queue._bytes == 0
            server.signal(signal.SIGCONT)
            await until(lambda: one.bus.healthy, NOTICED)
            one.bus.publish("a", b"x")
            await until(lambda: one.bus.stats.published + one.bus.stats.dropped == 50_001)


async def test_a_short_stall_of_redis_loses_nothing() -> None:
    """It may be frozen for 0.7 s and stays healthy."""
    with redis_server() as server:
        async with Listener(server.url) as one, Listener(server.url) as two:
            await two.bus.subscribe("a")
            server.signal(signal.SIGSTOP)
            asyncio.get_running_loop().call_later(0.7, server.signal, signal.SIGCONT)
            for number in range(100):
                one.bus.publish("a", b"%d" % number)
                await asyncio.sleep(0.001)
            await until(lambda: len(two.received) == 100)
            assert two.received == [("a", b"%d" % number) for number in range(100)]
            assert one.health_changes == two.health_changes == [True]


async def test_a_backlog_of_messages_does_not_count_as_silence(redis_url: str) -> None:
    """A late probe makes the bus unhealthy, but while messages arrive the connection is kept."""
    heard: list[bytes] = []

    def receive(_channel: str, payload: bytes) -> None:
        time.sleep(0.001)  # an instance that has more to do than it can
        heard.append(payload)

    words = [b"%d" % number + bytes(1_000) for number in range(1_500)]  # too much for one read of the socket
    bus, health_changes = Bus(redis_url, "test:", receive, probe_interval=0.3, probe_timeout=0.3), list[bool]()
    bus.on_health = health_changes.append
    await bus.start()
    async with admin(redis_url) as client, client.pipeline(transaction=False) as pipeline:
        for word in words:
            pipeline.publish("test:" + bus.own, b"0123456789ab" + word)
        await pipeline.execute()
    await until(lambda: len(heard) == 1_500)
    await until(lambda: bus.healthy)
    await bus.stop()
    assert heard == words
    assert health_changes[:3] == [True, False, True]
    assert (bus.outages, bus.stats.reconnects) == (health_changes.count(False), 0)


@pytest.mark.parametrize("kind", ["well", "frozen", "killed", "never there"])
async def test_nothing_is_left_when_it_stops(kind: str) -> None:
    """No task, connection or pending future is left in any state of Redis; it may stop twice."""
    with redis_server() as server:
        if kind == "never there":
            server.stop()
        before = asyncio.all_tasks()
        one = Listener(server.url)
        await one.bus.start()
        if kind in ("frozen", "killed"):
            await Fault(server, kind).begin()
        waiting = one.bus.subscribe("a")
        for _message in range(200 if kind == "well" else 2_000):
            one.bus.publish("a", bytes(2_000))
        begun = time.monotonic()
        await asyncio.gather(one.bus.stop(), one.bus.stop())
        await one.bus.stop()
        assert time.monotonic() - begun < 5
        assert asyncio.all_tasks() == before
        assert waiting.done()
        assert not one.bus.healthy
        if kind == "well":
            assert one.bus.stats.published == 200
            await until_alone(server)
        one.bus.publish("a", b"x")
        await one.bus.start()
        assert asyncio.all_tasks() == before


async def until_alone(server: RedisServer) -> None:
    """Returns when no other client is connected to Redis."""
    async with admin(server.url) as client, asyncio.timeout(30):
        while (await client.info("clients"))["connected_clients"] > 1:
            await client.ping()


def test_a_bad_address_is_refused_when_the_bus_is_made() -> None:
    """The URL is checked before it is used."""
    with pytest.raises(ValueError, match="scheme"):
        Bus("http://127.0.0.1", "test:", lambda _channel, _payload: None)
