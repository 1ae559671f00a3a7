"""What instances share, in memory or on Redis, as the settings say."""

import pytest

from konektor.backends.cluster import cluster_backends
from konektor.backends.live.pubsub import LocalOnly
from konektor.backends.memory import MemoryAttempts, MemoryPresence
from konektor.backends.memory_typing import MemoryTyping
from konektor.config.settings import read
from tests.conftest import SECRET, Clock, until


async def test_without_redis_everything_is_in_memory(clock: Clock) -> None:
    """And nothing is asked how it is."""
    async with cluster_backends(read({}), clock, lambda *published: None) as own:
        found = [type(part) for part in (own.pubsub, own.presence, own.typing, own.attempts)]
        assert found == [LocalOnly, MemoryPresence, MemoryTyping, MemoryAttempts]
        assert (own.bus, dict(own.probes)) == (None, {})


async def test_instances_with_one_secret_share_a_redis(clock: Clock, redis_url: str) -> None:
    """They hear each other, see each other's members and count together; one with another secret does not."""
    heard: dict[str, list[str]] = {"ours": [], "other": []}
    ours = read({"KONEKTOR_SECRET": SECRET, "REDIS_URL": redis_url})
    foreign = read({"KONEKTOR_SECRET": SECRET[::-1], "REDIS_URL": redis_url})
    async with (
        cluster_backends(ours, clock, lambda *published: None) as one,
        cluster_backends(ours, clock, lambda channel, _: heard["ours"].append(channel)) as two,
        cluster_backends(foreign, clock, lambda channel, _: heard["other"].append(channel)) as other,
    ):
        await two.pubsub.subscribe("x")
        await other.pubsub.subscribe("x")
        one.pubsub.publish("x", b"hello")
        await until(lambda: heard["ours"])
        await one.presence.arrive("ada", "c1", ("1990",), visible=True)
        assert await one.attempts.take("ada", 1, 60) == 0
        assert (await two.presence.counts(["1990"]), await other.presence.counts(["1990"])) == (
            {"1990": 1},
            {"1990": 0},
        )
        assert await two.attempts.take("ada", 1, 60) > 0
        assert await other.attempts.take("ada", 1, 60) == 0
        await two.probes["redis"]()
    assert heard == {"ours": ["x"], "other": []}


async def test_a_redis_that_is_away_stops_nobody(clock: Clock) -> None:
    """The instance works alone, and says what is unwell."""
    async with cluster_backends(read({"REDIS_URL": "redis://127.0.0.1:1/0"}), clock, lambda *published: None) as own:
        await own.presence.arrive("ada", "c1", ("1990",), visible=True)
        assert await own.presence.counts(["1990"]) == {"1990": 1}
        assert await own.attempts.take("ada", 1, 60) == 0
        with pytest.raises(ConnectionError):
            await own.probes["redis"]()


async def test_without_rate_limits_no_attempt_is_refused(clock: Clock, redis_url: str) -> None:
    """For load tests, alone and in a cluster."""
    for environ in ({}, {"KONEKTOR_SECRET": SECRET, "REDIS_URL": redis_url}):
        config = read({"KONEKTOR_RATE_LIMITS": "off", **environ})
        async with cluster_backends(config, clock, lambda *published: None) as own:
            assert [await own.attempts.take("ada", 1, 60) for _ in range(3)] == [0, 0, 0]
            await own.attempts.give_back("ada")
