"""The real server, killed at each step of a swipe: never half a match, and the quota is what was swiped."""

import asyncio
import os
import random
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from socketio.exceptions import SocketIOError

from konektor.core import Core
from konektor.people.pair_repeats import has_made
from konektor.people.pairing import side_of
from konektor.store import pairs
from konektor.store.ids import Id, derived_id
from tests.conftest import Client, Member, join, until
from tests.support.swipe_helpers import all_pairs, assert_whole, callers, quiet, rights, used
from tests.system.test_crash import Server, Start, start

__all__ = ["start"]

STEPS = (
    "konektor.store.receipts:begin:before",
    "konektor.store.receipts:begin:after",
    "konektor.store.quotas:debit:before",
    "konektor.store.quotas:debit:after",
    "konektor.store.quotas:debit_expected:before",
    "konektor.store.quotas:debit_expected:after",
    "konektor.store.pairs:replace:before",
    "konektor.store.pairs:_insert:after",
    "konektor.store.pairs:_replace:after",
    "konektor.store.pairs:replace:after",
    "konektor.people.pair_events:tell:before",
    "konektor.store.receipts:finish:before",
    "konektor.store.receipts:finish:after",
    "konektor.store.quotas:settle:before",
    "konektor.store.quotas:settle:after",
)
UNDO_STEPS = (
    "konektor.store.quotas:begin_undo:before",
    "konektor.store.quotas:begin_undo:after",
    "konektor.people.pairing:undo:before",
    "konektor.store.quotas:give_back:before",
    "konektor.store.quotas:give_back:after",
)


def noon() -> str:
    """A time zone where no day ends in the next hours."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+}"


@dataclass
class Swiper:
    """A member who swipes one after the other to the right, and knows what was acked."""

    member: Member
    peers: list[str]
    begun: list[str] = field(default_factory=list)
    acked: dict[str, Any] = field(default_factory=dict)
    undoes: bool = False

    async def swipe(self, url: str) -> None:
        """Swipes until cancelled."""
        client = Client()
        try:
            await client.connect(url, self.member.token)
            while True:
                self.begun.append(self.peers.pop())
                await self.send(client, self.begun[-1])
                if self.undoes:
                    await client.sio.call("swipe:undo", timeout=30)
        finally:
            await client.close()

    async def send(self, client: Client, peer: str) -> None:
        """Swipes, or repeats a swipe; what was acked before has the same status now."""
        ask = {"userId": peer, "dir": "right", "cid": f"cid-{peer}"}
        ack = await client.sio.call("swipe:send", ask, timeout=30)
        while not ack["ok"] and ack["error"]["code"] == "UNAVAILABLE":  # the claim of who died is given up soon
            ack = await client.sio.call("swipe:send", ask, timeout=30)
        assert ack["ok"], ack
        assert self.acked.setdefault(peer, ack["data"]["status"]) == ack["data"]["status"]

    async def repeat(self, url: str) -> None:
        """Repeats what was never acked, and the last few that were."""
        client = await Client().connect(url, self.member.token)
        lost = [peer for peer in self.begun if peer not in self.acked]
        for peer in [*lost, *list(self.acked)[-3:]]:
            await self.send(client, peer)
        await client.close()


async def swipers(core: Core, count: int, targets: int, *, undoes: bool = False) -> list[Swiper]:
    """Members who will swipe each other and so many more, in any order."""
    members = [await join(core) for _ in range(count)]
    others = [str(caller.member) for caller in await callers(core, targets)]
    await core.db["accounts"].update_many({}, {"$set": {"plan": "premium", "zone": noon()}})
    made = []
    for member in members:
        peers = [*others, *(str(one.caller.member) for one in members if one is not member)]
        made.append(Swiper(member, random.sample(peers, len(peers)), undoes=undoes))
    return made


async def until_dead(server: Server, everybody: list[Swiper]) -> None:
    """Lets them swipe until the server has died by itself."""
    os.kill(server.process.pid, signal.SIGUSR1)
    swiping = [asyncio.create_task(swiper.swipe(server.url)) for swiper in everybody]
    assert await asyncio.wait_for(server.process.wait(), 30) == -signal.SIGKILL
    for task in swiping:
        task.cancel()
    for result in await asyncio.gather(*swiping, return_exceptions=True):
        assert isinstance(result, asyncio.CancelledError | SocketIOError | OSError), result


async def check(core: Core) -> dict[bytes, Any]:
    """No pair is half of anything, and each member's count is what they have swiped; returns the pairs."""
    await until(partial(quiet, core))
    found = await all_pairs(core)
    for pair in found:
        assert_whole(pair)
    assert {member: n for member, n in (await used(core)).items() if n} == rights(found)
    return {pair["_id"]: pair for pair in found}


def assert_there(found: dict[bytes, Any], swiper: Swiper) -> None:
    """Every acked swipe is in its pair, made once by its request."""
    member = swiper.member.caller.member
    for peer in swiper.acked:
        pair = found[pairs.key(member, Id(peer))]
        op = derived_id(str(member), "swipe:send", f"cid-{peer}")
        assert has_made(pair, member, op, datetime.now(UTC))
        assert len(side_of(pair, member)["done"]) == 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize("steps", [STEPS[:8], STEPS[8:]], ids=["first", "last"])
async def test_a_server_killed_at_any_step_of_a_swipe_leaves_nothing_half_done(
    core: Core, start: Start, steps: tuple[str, ...]
) -> None:
    """It dies at each step in turn while five members swipe; what was acked is there, what was not can be repeated."""
    everybody = await swipers(core, 5, 150)
    for step in steps:
        server = await start(step)
        await until_dead(server, everybody)
    server = await start()
    found = await check(core)
    for swiper in everybody:
        assert_there(found, swiper)
        await swiper.repeat(server.url)
    found = await check(core)
    for swiper in everybody:
        assert swiper.begun
        assert set(swiper.begun) <= set(swiper.acked)
        assert_there(found, swiper)


@pytest.mark.timeout(300)
async def test_a_server_killed_while_a_swipe_is_undone_gives_it_back_once(core: Core, start: Start) -> None:
    """At each step of an undo: the swipe stands and counts, or is gone and does not."""
    everybody = await swipers(core, 3, 400, undoes=True)
    for step in UNDO_STEPS:
        server = await start(step)
        await check(core)
        await until_dead(server, everybody)
    await start()
    await check(core)
