"""Probes that come back in time, late and not at all."""

import asyncio
import time

import pytest

from konektor.realtime.bus.bus_probe import BusProbe
from tests.realtime.conftest import until

TIMEOUT = 0.3


class Trial:
    """A probe whose messages are only recorded."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.health_changes: list[bool] = []
        self.probe = BusProbe(
            self.sent.append, lambda healthy, _reason: self.health_changes.append(healthy), timeout=TIMEOUT
        )
        self.ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self.probe.run(self.ready))


async def test_the_first_probe_is_sent_when_ready_and_reports_healthy_on_return() -> None:
    """A message with another nonce has no effect."""
    trial = Trial()
    await asyncio.sleep(0)
    assert not trial.sent
    trial.ready.set_result(True)
    await until(lambda: trial.sent)
    trial.probe.receive(b"stale")
    await asyncio.sleep(0)
    assert not trial.health_changes
    trial.probe.receive(trial.sent[0])
    trial.probe.receive(trial.sent[0])
    await until(lambda: trial.health_changes == [True])
    trial.task.cancel()


async def test_silence_ends_it_after_the_timeout() -> None:
    """It reports unhealthy before it fails."""
    trial = Trial()
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        await trial.task
    assert TIMEOUT * 0.95 < time.monotonic() - begun < TIMEOUT * 10
    assert trial.health_changes == [False]


async def test_other_messages_keep_it_waiting_for_a_late_probe() -> None:
    """The connection is alive but overloaded."""
    trial = Trial()
    trial.ready.set_result(True)
    await until(lambda: trial.sent)
    for wanted in ([False], [False, False]):
        trial.probe.messages_seen += 1
        await until(lambda wanted=wanted: trial.health_changes == wanted)  # type: ignore[misc]
    trial.probe.messages_seen += 1
    trial.probe.receive(trial.sent[0])
    await until(lambda: trial.health_changes == [False, False, True])
    trial.task.cancel()


async def test_a_suspended_process_does_not_report_redis_unhealthy() -> None:
    """The answer may have arrived meanwhile without having been read."""
    trial = Trial()
    trial.ready.set_result(True)
    await until(lambda: trial.sent)
    time.sleep(1.2 * TIMEOUT)  # noqa: ASYNC251 - that is the point
    await asyncio.sleep(0.01)
    trial.probe.receive(trial.sent[0])
    await until(lambda: trial.health_changes)
    assert trial.health_changes == [True]
    trial.task.cancel()
