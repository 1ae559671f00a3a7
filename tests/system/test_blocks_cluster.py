"""Blocks on several instances: soon after the answer nothing passes any more, whatever Redis does."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import until
from tests.support.cluster import SOON, STREAM, Talker, cluster, talkers
from tests.support.redis_server import redis_server

WITHIN = 3.0  # a second, and what a busy machine adds


async def member_of(talker: Talker) -> str:
    """The id of a talker's member."""
    return str((await talker.ask("session:hello"))["me"]["id"])


def changed(talker: Talker) -> list[dict[str, Any]]:
    """The changes of messages that it was told."""
    return [data for name, data in talker.events if name == "message:changed"]


def hidden(talker: Talker) -> set[int]:
    """The seqs that it was told are hidden."""
    return {data["hidden"] for data in changed(talker) if "hidden" in data}


@pytest.mark.parametrize("redis_is", ["up", "frozen", "stopped"])
async def test_nothing_passes_between_instances(tmp_path: Path, database: str, redis_is: str) -> None:
    """Both go on talking while one of them blocks the other: new messages, those shown before, reactions and typing."""
    with redis_server() as redis:
        async with cluster(database, redis.url, tmp_path, 2) as made, talkers(made, 4) as everyone:
            ada, bob, other_tab, cy = everyone  # on the first, second, first and second instance
            if redis_is == "frozen":
                redis.signal(signal.SIGSTOP)
            elif redis_is == "stopped":
                redis.stop()
            names = {talker: await member_of(talker) for talker in (ada, bob)}
            before = {talker: await talker.say(f"before-{number}") for number, talker in enumerate((ada, bob))}
            await until(lambda: set(before.values()) <= ada.arrivals.keys() & bob.arrivals.keys())
            going = asyncio.create_task(chatter(ada, bob))
            await until(lambda: len(ada.arrivals) > 6)
            await ada.ask("block:set", {"userId": names[bob], "on": True})
            answered = time.monotonic()
            await until(lambda: before[bob] in hidden(ada) and before[ada] in hidden(bob), SOON)
            await until(lambda: time.monotonic() - answered > WITHIN)
            said = {talker: [await talker.say(f"after-{names[talker]}-{n}") for n in range(3)] for talker in (ada, bob)}
            await bob.sio.call("message:typing", {"stream": STREAM})
            going.cancel()
            last = await cy.say("last")
            await until(lambda: all(last in talker.arrivals for talker in everyone))
            for talker, peer in ((ada, bob), (bob, ada)):
                assert not set(said[peer]) & talker.arrivals.keys()
                await until(lambda talker=talker, peer=peer: set(said[peer]) <= hidden(talker))
                late = [seq for seq, times in talker.arrivals.items() if times[0] > answered + WITHIN]
                assert not set(late) & peer.acked.keys()
                heard = [data for name, data in talker.events if name == "typing:changed"]
                assert not any(names[peer] in data["userIds"] for data in heard)
            for talker in (other_tab, cy):
                assert set(said[ada] + said[bob]) <= talker.arrivals.keys()


async def chatter(*everyone: Talker) -> None:
    """They talk in turns until they are stopped."""
    number = 0
    while True:
        await everyone[number % len(everyone)].say(f"chatter-{number}")
        number += 1
