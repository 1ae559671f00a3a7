"""Private conversations on three instances: everybody who takes part hears everything once, whatever stops."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import run
from konektor.config import settings
from konektor.core import Core
from konektor.talk import groups
from tests.conftest import Member, join, until
from tests.support.cluster import SOON, Cluster, Talker, cluster, complete, delays, talking
from tests.support.people_helpers import befriend
from tests.support.redis_server import redis_server
from tests.talk.test_groups import friends_of, make


@pytest.fixture
async def core(environ: dict[str, str]) -> AsyncIterator[Core]:
    """The Core of a command beside the instances."""
    async with run.opened(settings.read(environ), serving=False, rounds=4) as opened:
        yield opened.core


@contextlib.asynccontextmanager
async def talkers(made: Cluster, members: list[Member], stream: str) -> AsyncIterator[list[Talker]]:
    """The members in a conversation, each on an instance of their own."""
    urls = [instance.url for instance in made.instances]
    everyone = [Talker(one.token, [urls[n % len(urls)]], stream=stream) for n, one in enumerate(members)]
    try:
        await asyncio.gather(*(talker.start() for talker in everyone))
        yield everyone
    finally:
        await asyncio.gather(*(talker.stop() for talker in everyone))


async def heard_all(everyone: list[Talker], sent: list[asyncio.Task[int]]) -> None:
    """All that was sent is acked under a number of its own, without a gap, and everybody heard it once."""
    seqs = await asyncio.gather(*sent)
    assert sorted(seqs) == list(range(1, len(seqs) + 1))
    await complete(everyone, range(1, len(seqs) + 1))
    for talker in everyone:
        assert {seq: times for seq, times in talker.arrivals.items() if len(times) > 1} == {}
        assert talker.bodies == everyone[0].bodies


async def test_private_talk_goes_on_while_redis_is_away(tmp_path: Path, database: str, core: Core) -> None:
    """In a direct conversation and in a group at once nothing is lost or doubled, and all of it arrives meanwhile."""
    ada = await join(core)
    friends = await friends_of(core, ada, 3)
    direct, group = await befriend(core, ada, friends[0]), await make(core, ada, *friends)
    with redis_server() as redis:
        async with (
            cluster(database, redis.url, tmp_path, 3) as made,
            talkers(made, [ada, friends[0]], direct) as pair,
            talkers(made, [ada, *friends], group.stream) as crowd,
        ):
            with talking(pair, 0.1) as said, talking(crowd, 0.1, "g") as told:
                await until(lambda: len(said) >= 10)
                redis.stop()
                await asyncio.sleep(8)
                meanwhile = len(said)
                await asyncio.to_thread(redis.start)
                await until(lambda: len(said) >= meanwhile + 30)
            await heard_all(pair, said)
            await heard_all(crowd, told)
            assert max(delays(pair) + delays(crowd)) < SOON
            assert not any(talker.moves or talker.errors for talker in pair + crowd)


async def test_whoever_is_removed_hears_nothing_more_on_any_instance(
    tmp_path: Path, database: str, redis_url: str, core: Core
) -> None:
    """Nothing of what is sent once everybody has heard that they are out; those who stay go on hearing all."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group = await make(core, ada, bob, eve)
    async with (
        cluster(database, redis_url, tmp_path, 3) as made,
        talkers(made, [ada, bob, eve], group.stream) as everyone,
    ):
        at_ada, at_bob, at_eve = everyone
        await at_eve.say("one")
        await complete(everyone, range(1, 2))
        await at_ada.ask("group:remove", {"id": group.id, "userId": str(bob.caller.member)})
        for talker in everyone:
            await until(lambda talker=talker: [d for name, d in talker.events if name == "group:changed"])
        seqs = [await at_eve.say(str(number)) for number in range(20)]
        await complete([at_ada, at_eve], range(1, seqs[-1] + 1))
        assert set(at_bob.arrivals) == {1}
        assert (await groups.list_groups(core, bob.caller, None, 50)).items == []
