"""What is done again and again while the server runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
from pymongo.errors import AutoReconnect

from konektor.core import Core
from konektor.delivery import pay
from konektor.rounds import every, rounds, watch_loop
from tests.conftest import Client, Clock, Member, join, until
from tests.talk import ROOM, bodies, draft, say

Connect = Callable[[Member], Awaitable[Client]]


class Work:
    """A turn that fails the first times."""

    def __init__(self, *fails: Exception) -> None:
        self.fails = list(fails)
        self.turns = 0

    async def turn(self) -> None:
        """Counts, or fails."""
        if self.fails:
            raise self.fails.pop(0)
        self.turns += 1


async def log_of(work: Work, caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    """(level, line) of what is logged until three turns went well."""
    running = asyncio.create_task(every(0.001, work.turn, "sweeper"))
    await until(lambda: work.turns >= 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return [(record.levelno, record.getMessage()) for record in caplog.records if record.name == "konektor.rounds"]


async def test_a_turn_that_fails_does_not_end_the_turns_behind_it(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged with its traceback, and the next turn comes."""
    assert await log_of(Work(ValueError("bug")), caplog) == [(logging.ERROR, "sweeper failed")]
    assert caplog.records[0].exc_info


async def test_a_database_that_is_away_is_a_line_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """Operators see what is waited for."""
    lines = await log_of(Work(AutoReconnect("gone"), AutoReconnect("gone")), caplog)
    assert lines == [(logging.WARNING, "sweeper waits for the database")] * 2


async def test_the_rounds_end_though_a_driver_swallows_their_cancellation() -> None:
    """A cancellation that meets an answer may come back as an error; the server stops all the same."""
    began = asyncio.Event()

    async def swallow() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise AutoReconnect("swallowed") from None

    running = asyncio.create_task(every(0.001, swallow, "sweeper"))
    await began.wait()
    running.cancel()
    await asyncio.wait_for(running, 5)


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
    async with rounds(core):
        await client.ask("room:enter", {"label": ROOM[2:]})
        await client.ask("message:typing", {"stream": ROOM})
        await until(lambda: client.heard("typing:changed"))
        clock.forward(hours=24)
        await until(lambda: client.heard("typing:changed")[-1]["userIds"] == [])
        await until(lambda: {"stream": ROOM, "expiredUpTo": 1} in client.heard("message:changed"))
        await until(lambda: {"label": ROOM[2:], "online": 1, "members": 1} in client.heard("presence:changed"))


async def test_the_rounds_finish_what_was_cut_off(core: Core, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was paid and never stored appears by itself; at the end nothing runs any more."""
    monkeypatch.setattr("konektor.rounds.every", lambda seconds, work, name: every(seconds / 100, work, name))
    before = asyncio.all_tasks()
    await pay(core, [draft(await join(core), cid="1")])
    clock.forward(seconds=11)
    async with rounds(core):
        await until(lambda: bodies(core))
    assert asyncio.all_tasks() <= before
