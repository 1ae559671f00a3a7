"""What is done again and again while the server runs."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.flow.periodic import repeat_every
from konektor.running.periodic_work import periodic_work, watch_loop
from konektor.talk.payment import debit_batch
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import ROOM, bodies, draft, say

Connect = Callable[[Member], Awaitable[Client]]


async def test_the_lag_of_the_loop_is_measured(core: Core) -> None:
    """The histogram that /metrics shows fills by itself."""

    def observed() -> float:
        return core.metrics.registry.get_sample_value("konektor_loop_lag_seconds_count") or 0

    watching = asyncio.create_task(watch_loop(core))
    await until(lambda: observed() >= 3)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_the_rounds_end_typing_tell_who_is_here_and_what_has_expired(
    core: Core, clock: Clock, connect: Connect
) -> None:
    """A member in a room hears all of it within a few seconds without asking."""
    member = await join(core)
    client = await connect(member)
    await say(core, member, "old")
    async with periodic_work(core, ()):
        await client.ask("room:enter", {"label": ROOM[2:]})
        await client.ask("message:typing", {"stream": ROOM})
        await until(lambda: client.received("typing:changed"))
        clock.forward(hours=24)
        await until(lambda: client.received("typing:changed")[-1]["userIds"] == [])
        await until(lambda: {"stream": ROOM, "expiredUpTo": 1} in client.received("message:changed"))
        await until(lambda: {"label": ROOM[2:], "online": 1, "members": 1} in client.received("presence:changed"))


async def test_the_rounds_finish_what_was_cut_off(core: Core, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was paid and never stored appears by itself; at the end nothing runs any more."""
    monkeypatch.setattr(
        "konektor.running.periodic_work.repeat_every",
        lambda seconds, work, name, expected: repeat_every(seconds / 100, work, name, expected),
    )
    before = asyncio.all_tasks()
    await debit_batch(core, [draft(await join(core), cid="1")])
    clock.forward(seconds=11)
    async with periodic_work(core, ()):
        await until(lambda: bodies(core))
    await until(lambda: asyncio.all_tasks() <= before)  # the balance is told a moment later
