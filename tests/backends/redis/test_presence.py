"""Presence on Redis: one picture of several instances that outlasts the death of any of them, and of Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
import redis.asyncio

from konektor.backends.redis import presence as redis_presence
from konektor.backends.redis.presence import RedisPresence
from konektor.backends.redis.presence_scripts import KEYS
from konektor.backends.redis.scripts import RedisScripts
from tests.conftest import Clock, until
from tests.support.backends import Links, answers, frozen, two_links
from tests.support.redis_server import RedisServer, redis_server

LABELS = ("1990-05-17", "05-17", "1990")

Client = redis.asyncio.Redis


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis of these tests alone, which they may freeze and empty."""
    with redis_server() as server:
        yield server


@pytest_asyncio.fixture
async def client(server: RedisServer) -> AsyncIterator[Client]:
    """A look into that Redis, which is empty."""
    async with redis.asyncio.Redis.from_url(server.url, decode_responses=True) as client:
        await client.flushall()
        yield client


@pytest_asyncio.fixture
async def links(server: RedisServer, client: Client) -> AsyncIterator[Links]:
    """The links of two instances."""
    async with two_links(server.url) as links:
        yield links


@asynccontextmanager
async def slow(server: RedisServer, seconds: float) -> AsyncIterator[str]:
    """The address of that Redis behind a line that takes so long for each answer."""
    loop, running = asyncio.get_running_loop(), set[asyncio.Task[None]]()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float) -> None:
        try:
            while data := await reader.read(65536):
                loop.call_later(wait, writer.write, data)
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, commands = await asyncio.open_connection("127.0.0.1", server.port)
        for part in (carry(reader, commands, 0), carry(answers, writer, seconds)):
            running.add(asyncio.create_task(part))

    line = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"redis://127.0.0.1:{line.sockets[0].getsockname()[1]}/0"
    line.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def started(link: RedisScripts, name: str, clock: Clock, lease: float = 10.0) -> RedisPresence:
    """An instance that has renewed its lease once."""
    presence = RedisPresence(link, name, clock, lease)
    await presence.renew()
    return presence


async def seen(presence: RedisPresence) -> tuple[int, set[str], set[str]]:
    """What an instance says of a room and of two members."""
    counts = await presence.counts(["1990"])
    return counts["1990"], await presence.members("1990"), await presence.online(["ada", "bob"])


async def absent(presence: RedisPresence, member: str) -> bool:
    """Whether an instance says that somebody is not online."""
    return member not in await presence.online([member])


async def keys_of(client: Client, part: str) -> list[str]:
    """The keys in which `part` occurs."""
    return [key for key in await client.keys("*") if part in key]


async def test_instances_see_each_other(links: Links, clock: Clock) -> None:
    """A member of both counts once in a room, with the connections of both; a departure is over after the grace."""
    one, other = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
    assert await one.arrive("ada", "1", LABELS, visible=True) == 1
    assert await other.arrive("ada", "2", LABELS, visible=True) == 2
    await other.arrive("bob", "3", ("1990", "06-01"), visible=True)
    assert await seen(one) == await seen(other) == (2, {"ada", "bob"}, {"ada", "bob"})
    assert await one.counts(["05-17", "06-01", "2000"]) == {"05-17": 1, "06-01": 1, "2000": 0}
    await other.depart("3")
    await other.depart("2")
    clock.forward(seconds=10)
    await other.renew()
    assert await seen(one) == await seen(other) == (1, {"ada"}, {"ada"})
    assert await one.arrive("ada", "4", LABELS, visible=True) == 2


async def test_what_happens_at_once_ends_in_its_order(links: Links, clock: Clock) -> None:
    """Of forty connections made at one moment on two instances one knows of all; of those that go none is left."""
    both = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
    numbers = await asyncio.gather(*(both[n % 2].arrive("ada", str(n), LABELS, visible=True) for n in range(40)))
    assert max(numbers) == 40
    await asyncio.gather(*(both[n % 2].depart(str(n)) for n in range(38)))
    assert [await one.arrive("ada", "new", LABELS, visible=True) for one in both] == [3, 4]


async def test_a_crowd_that_arrives_at_a_slow_redis_waits_for_two_answers(server: RedisServer, clock: Clock) -> None:
    """Not for one each: who arrives while a write is under way is written and answered with all the others."""
    async with slow(server, 0.1) as url, two_links(url) as (link, _):
        one = await started(link, "a", clock)
        begun = time.monotonic()
        numbers = await asyncio.gather(*(one.arrive(f"m{n}", f"c{n}", LABELS, visible=True) for n in range(100)))
        assert (set(numbers), link.up) == ({1}, True)
        assert time.monotonic() - begun < 5


async def test_a_killed_instance_is_forgotten_after_its_lease(links: Links, client: Client, clock: Clock) -> None:
    """Its members are online until then, gone right after it, and the next renewal of another leaves nothing of it."""
    killed, other = await started(links[0], "a", clock, 0.4), await started(links[1], "b", clock)
    await killed.arrive("ada", "1", LABELS, visible=True)
    begun = time.monotonic()
    await killed.renew()
    await until(lambda: absent(other, "ada"))
    assert time.monotonic() - begun > 0.39
    assert await seen(other) == (0, set(), set())
    await other.renew()
    assert await keys_of(client, ":a.") == []
    assert await other.arrive("ada", "2", LABELS, visible=True) == 1


async def test_an_emptied_redis_is_filled_by_one_renewal(links: Links, client: Client, clock: Clock) -> None:
    """Until then each instance knows its own; those in their grace and the invisible are written too."""
    one, other = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
    await one.arrive("ada", "1", LABELS, visible=True)
    await one.arrive("bob", "2", LABELS, visible=True)
    await one.depart("2")
    await one.arrive("ada", "3", LABELS, visible=False)
    await client.flushall()
    assert await other.members("1990") == set()
    assert await seen(one) == (2, {"ada", "bob"}, {"ada", "bob"})
    assert await one.arrive("cy", "4", ("1990",), visible=True) == 1
    await one.renew()
    await other.renew()
    assert await seen(other) == (3, {"ada", "bob", "cy"}, {"ada", "bob"})
    assert await other.arrive("ada", "5", LABELS, visible=True) == 3
    clock.forward(seconds=10)
    assert await seen(one) == await seen(other) == (2, {"ada", "cy"}, {"ada"})


async def test_a_frozen_redis_leaves_each_instance_what_it_knows(
    server: RedisServer, client: Client, clock: Clock
) -> None:
    """In time, with its own changes; counts stand at what they were; behind the outage one renewal puts all right."""
    async with two_links(server.url, patience=1, pause=5) as links:
        one, other = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
        await one.arrive("ada", "1", LABELS, visible=True)
        await other.arrive("bob", "2", LABELS, visible=True)
        assert await seen(one) == (2, {"ada", "bob"}, {"ada", "bob"})
        with frozen(server):
            begun = time.monotonic()
            assert await one.arrive("cy", "3", LABELS, visible=True) == 1
            await one.depart("1")
            assert await seen(one) == (2, {"ada", "cy"}, {"ada"})
            assert await one.counts(["1990", "2000"]) == {"1990": 2, "2000": 0}
            await one.renew()
            assert time.monotonic() - begun < 2
            clock.forward(seconds=10)
        for link in links:
            await until(lambda link=link: answers(link))
        await one.renew()
        assert await seen(one) == await seen(other) == (2, {"cy", "bob"}, {"bob"})


async def test_a_write_that_comes_late_changes_nothing(links: Links, client: Client, clock: Clock) -> None:
    """One given up in an outage may reach Redis behind it: under a name that counts no more since all was written."""
    one, other = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
    former = one._name
    await client.flushall()
    await one.renew()
    late = [former, '[["ada", 1, ["all", "room:1990"], []]]', "a.", "[]"]
    assert await one._write(KEYS, late) == []
    assert await seen(other) == (0, set(), set())


async def test_what_redis_refused_is_written_by_the_next_renewal(links: Links, client: Client, clock: Clock) -> None:
    """While it has no memory left the instance goes on alone; with memory again one renewal tells what was missed."""
    one, other = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
    await client.config_set("maxmemory", 1)
    try:
        assert await one.arrive("ada", "1", LABELS, visible=True) == 1
    finally:
        await client.config_set("maxmemory", 0)
    await until(lambda: answers(links[0]))
    assert await other.members("1990") == set()
    await one.renew()
    assert await seen(other) == (1, {"ada"}, {"ada"})


async def test_two_reapers_at_once_do_no_harm(links: Links, client: Client, clock: Clock) -> None:
    """Of ten dead instances nothing is left, of the living everything, however many renew at the same moment."""
    one, other = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
    await one.arrive("ada", "1", LABELS, visible=True)
    await other.arrive("bob", "2", LABELS, visible=True)
    for number in range(10):
        dead = await started(links[0], f"dead{number}", clock, 0.02)
        await dead.arrive("cy", str(number), LABELS, visible=True)
        await dead.arrive("ada", f"{number} too", LABELS, visible=True)
    await until(lambda: absent(other, "cy"))
    await asyncio.gather(*(presence.renew() for presence in (one, other) * 5))
    assert await keys_of(client, "dead") == []
    assert await seen(one) == await seen(other) == (2, {"ada", "bob"}, {"ada", "bob"})


async def test_an_instance_that_was_taken_for_dead_comes_back(links: Links, client: Client, clock: Clock) -> None:
    """One that stood still for longer than its lease is reaped, and whole again with its next renewal."""
    slow, other = await started(links[0], "a", clock, 0.05), await started(links[1], "b", clock)
    await slow.arrive("ada", "1", LABELS, visible=True)
    await until(lambda: absent(other, "ada"))
    await other.renew()
    assert await keys_of(client, ":a.") == []
    assert await slow.members("1990") == {"ada"}
    slow._lease = 10_000
    await slow.renew()
    assert await seen(other) == (1, {"ada"}, {"ada"})


async def test_an_instance_that_leaves_is_gone_at_once(links: Links, client: Client, clock: Clock) -> None:
    """Without waiting for its lease, and with everything that was its own."""
    one, other = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
    await one.arrive("ada", "1", LABELS, visible=True)
    await one.leave()
    assert await seen(other) == (0, set(), set())
    assert await keys_of(client, ":a.") == []


async def test_an_instance_leaves_in_time_while_redis_is_frozen(server: RedisServer, clock: Clock) -> None:
    """A server that stops does not wait for Redis: the lease runs out by itself."""
    async with two_links(server.url, patience=0.3) as (link, _):
        presence = await started(link, "a", clock, 0.1)
        begun = time.monotonic()
        with frozen(server):
            await presence.leave()
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize("older", [False, True])
async def test_a_redis_that_lost_some_is_put_right(
    links: Links, client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch, older: bool
) -> None:
    """A copy that took over: an older one, in which the lease is over, at once; one without the last writes in time."""
    monkeypatch.setattr(redis_presence, "FULL_WRITE_INTERVAL", 3)
    one, other = [await started(link, name, clock) for link, name in zip(links, "ab", strict=True)]
    await one.arrive("ada", "1", LABELS, visible=True)
    for lost in await keys_of(client, "room:05"):
        await client.srem(lost, "ada")
        await client.sadd(lost, "ghost")
    if older:
        await client.zadd((await keys_of(client, "leases"))[0], {one._name: 1})
    for _ in range(1 if older else 3):
        await one.renew()
    assert await other.members("05-17") == {"ada"}


async def test_a_great_many_are_written_in_parts(links: Links, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """More members than one write takes are all there after one renewal, and all gone after their grace."""
    monkeypatch.setattr(redis_presence, "BATCH", 10)
    one, other = RedisPresence(links[0], "a", clock), await started(links[1], "b", clock)
    await asyncio.gather(*(one.arrive(f"m{n}", str(n), LABELS, visible=True) for n in range(95)))
    await one.renew()
    assert await other.counts(["1990"]) == {"1990": 95}
    await asyncio.gather(*(one.depart(str(n)) for n in range(95)))
    clock.forward(seconds=10)
    await one.renew()
    assert await other.counts(["1990"]) == {"1990": 0}
