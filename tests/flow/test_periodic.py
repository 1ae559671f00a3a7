"""Periodic work: failures are logged and do not end it, cancellation does."""

import asyncio
import logging

import pytest
from pymongo.errors import AutoReconnect

from konektor.flow.periodic import repeat_every
from tests.conftest import until


def is_away(error: Exception) -> bool:
    """Whether the error is the database's way to say that it is away."""
    return isinstance(error, AutoReconnect)


class Work:
    """Work that fails the first times."""

    def __init__(self, *fails: Exception) -> None:
        self.fails = list(fails)
        self.runs = 0

    async def run(self) -> None:
        """Counts, or fails."""
        if self.fails:
            raise self.fails.pop(0)
        self.runs += 1


async def log_of(work: Work, caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    """(level, line) of what is logged until three runs succeeded."""
    running = asyncio.create_task(repeat_every(0.001, work.run, "sweeper", is_away))
    await until(lambda: work.runs >= 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return [(record.levelno, record.getMessage()) for record in caplog.records if record.name == "konektor.periodic"]


async def test_a_failed_run_does_not_end_the_later_ones(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged with its traceback, and work runs again."""
    assert await log_of(Work(ValueError("bug")), caplog) == [(logging.ERROR, "sweeper failed")]
    assert caplog.records[0].exc_info


async def test_a_database_that_is_away_is_a_line_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """Operators see what is waited for."""
    lines = await log_of(Work(AutoReconnect("gone"), AutoReconnect("gone")), caplog)
    assert lines == [(logging.WARNING, "sweeper waits for the database")] * 2


async def test_periodic_work_ends_although_a_driver_swallows_its_cancellation() -> None:
    """A cancellation that meets an answer may come back as an error; the server stops all the same."""
    began = asyncio.Event()

    async def swallow() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise AutoReconnect("swallowed") from None

    running = asyncio.create_task(repeat_every(0.001, swallow, "sweeper", is_away))
    await began.wait()
    running.cancel()
    await asyncio.wait_for(running, 30)
