"""Two instances without Redis: all who swipe each other at the same moment match, each exactly once."""

import asyncio
import os
import random
from collections import Counter
from functools import partial
from itertools import combinations
from pathlib import Path

import jwt

from events.dispatcher import Dispatcher
from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.bucket import TokenBucket
from konektor.people import swiping
from konektor.people.swipes import Swiped
from konektor.store import pairs
from konektor.store.ids import new_id
from run import EVENTS
from tests.conftest import Client, Clock, until
from tests.support.cluster import cluster
from tests.support.people_helpers import user
from tests.support.ports import free_port
from tests.support.swipe_helpers import all_pairs, assert_whole, callers, instance, quiet, rights, used

CROSSINGS = int(os.environ.get("KONEKTOR_CROSSINGS", "500"))
"""How many cross; 10 000 take a minute or so."""
TOGETHER = 250
"""How many of them at the same moment."""


async def cross(cores: list[Core], barrier: asyncio.Barrier, one: Caller, two: Caller) -> list[Swiped]:
    """Both swipe the other when everybody is there, each on another instance."""

    async def swipe(core: Core, caller: Caller, peer: Caller) -> Swiped:
        await barrier.wait()
        return await swiping.send(core, caller, peer.member, "right", None, new_id())

    return list(await asyncio.gather(swipe(cores[0], one, two), swipe(cores[1], two, one)))


async def test_all_who_cross_match_once(core: Core, environ: dict[str, str], clock: Clock) -> None:
    """One is acked `matched` and the other `pending`, without an error, and each swipe is counted."""
    count = next(n for n in range(2, 1000) if n * (n - 1) // 2 >= CROSSINGS)
    people = await callers(core, count, "premium")
    crossings = random.sample(list(combinations(people, 2)), CROSSINGS)
    async with instance(environ, clock) as other:
        for begin in range(0, CROSSINGS, TOGETHER):
            wave, cores = crossings[begin : begin + TOGETHER], random.sample([core, other], 2)
            barrier = asyncio.Barrier(2 * len(wave))
            for answers in await asyncio.gather(*(cross(cores, barrier, *pair) for pair in wave)):
                assert sorted(answer.status for answer in answers) == ["matched", "pending"]
        await until(partial(quiet, core))
    found = await all_pairs(core)
    for pair in found:
        assert_whole(pair)
    keys = {pairs.key(one.member, two.member) for one, two in crossings}
    assert {pair["_id"] for pair in found if "friends" in pair} == keys
    assert len({pair.get("stream") for pair in found}) == CROSSINGS
    assert await used(core) == rights(found) == Counter(caller.member for pair in crossings for caller in pair)


async def test_parallel_calls_of_one_cid_on_two_instances_are_one_swipe(
    core: Core, environ: dict[str, str], clock: Clock
) -> None:
    """Ten on each: one of the twenty makes it and the others get its answer; it counts once."""
    ada, *others = await callers(core, 6)
    async with instance(environ, clock) as other:
        dispatchers = [Dispatcher(one, EVENTS) for one in (core, other)]
        for peer in others:
            payload = user(peer) | {"dir": "right", "cid": f"c-{peer.member}"}
            acks = await asyncio.gather(
                *(
                    dispatchers[n % 2].dispatch(ada, TokenBucket(1e9, 1e9, 0.0), "/", "swipe:send", (payload,))
                    for n in range(20)
                )
            )
            assert sum("dup" not in ack for ack in acks) == 1
            assert all(ack["ok"] for ack in acks)
            remaining = {
                ack["data"]["remaining"] if isinstance(ack["data"], dict) else ack["data"].remaining for ack in acks
            }
            assert remaining == {19 - others.index(peer)}
        await until(partial(quiet, core))
    assert await used(core) == {ada.member: len(others)}


async def test_two_processes_make_one_match_of_each_crossing_and_tell_both(database: str, tmp_path: Path) -> None:
    """Two servers whose Redis is gone, so that they share the database only: everybody hears of their match once."""
    async with cluster(database, f"redis://127.0.0.1:{free_port()}", tmp_path, 2) as made:
        tokens = await made.tokens(24)
        clients = [Client() for _ in tokens]
        try:
            for n, client in enumerate(clients):
                await client.connect(made.instances[n % 2].url, tokens[n])
            mine = [jwt.decode(token, options={"verify_signature": False})["sub"] for token in tokens]
            asks = [
                client.ask("swipe:send", {"userId": mine[n ^ 1], "dir": "right", "cid": "c"})
                for n, client in enumerate(clients)
            ]
            acks = await asyncio.gather(*asks)
            for n in range(0, len(clients), 2):
                assert sorted(ack["status"] for ack in acks[n : n + 2]) == ["matched", "pending"]
                await until(lambda n=n: matches(clients[n]) == [mine[n + 1]])
                await until(lambda n=n: matches(clients[n + 1]) == [mine[n]])
        finally:
            await asyncio.gather(*(client.close() for client in clients))


def matches(client: Client) -> list[str]:
    """Whom the client was told to have matched with."""
    return [event["peer"]["id"] for event in client.received("request:changed") if event["status"] == "matched"]
