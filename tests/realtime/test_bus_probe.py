"""Probes that come back in time, late and not at all."""

import asyncio
import time

import pytest

from konektor.realtime.bus.bus_probe import Pulse
from tests.realtime.conftest import until


class Trial:
    """A pulse whose probes go nowhere by themselves."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.turns: list[bool] = []
        self.pulse = Pulse(self.sent.append, lambda well, _reason: self.turns.append(well))
        self.ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self.pulse.check(self.ready))


async def test_the_first_probe_leaves_when_all_is_ready_and_says_well_when_it_is_back() -> None:
    """A stale one or somebody else's says nothing."""
    trial = Trial()
    await asyncio.sleep(0)
    assert not trial.sent
    trial.ready.set_result(True)
    await until(lambda: trial.sent)
    trial.pulse.hear(b"stale")
    await asyncio.sleep(0)
    assert not trial.turns
    trial.pulse.hear(trial.sent[0])
    trial.pulse.hear(trial.sent[0])
    await until(lambda: trial.turns == [True])
    trial.task.cancel()


async def test_silence_ends_it_after_a_second() -> None:
    """And says before that it is not well."""
    trial = Trial()
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        await trial.task
    assert 0.95 < time.monotonic() - begun < 1.3
    assert trial.turns == [False]


async def test_other_messages_keep_it_waiting_for_a_late_probe() -> None:
    """The line lives; it is only behind."""
    trial = Trial()
    trial.ready.set_result(True)
    await until(lambda: trial.sent)
    for wanted in ([False], [False, False]):
        trial.pulse.arrived += 1
        await until(lambda wanted=wanted: trial.turns == wanted)  # type: ignore[misc]
    trial.pulse.arrived += 1
    trial.pulse.hear(trial.sent[0])
    await until(lambda: trial.turns == [False, False, True])
    trial.task.cancel()


async def test_a_process_that_stood_still_does_not_blame_redis() -> None:
    """What came meanwhile is still to be read."""
    trial = Trial()
    trial.ready.set_result(True)
    await until(lambda: trial.sent)
    time.sleep(1.2)  # noqa: ASYNC251 - that is the point
    await asyncio.sleep(0.01)
    trial.pulse.hear(trial.sent[0])
    await until(lambda: trial.turns)
    assert trial.turns == [True]
    trial.task.cancel()
