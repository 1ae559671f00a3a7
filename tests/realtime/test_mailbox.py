"""Jobs run in order."""

import asyncio
from collections.abc import Hashable
from typing import Any

from konektor.realtime.mailbox import Mailbox
from konektor.realtime.runner import Runner, Work


class Tap:
    """A source that knows whether it is paused."""

    paused = False

    def pause(self) -> None:
        """Stops."""
        self.paused = True

    def resume(self) -> None:
        """Goes on."""
        self.paused = False


class Note:
    """Writes its name down, after its gate has opened when it has one."""

    def __init__(
        self, name: str, log: list[str], gate: asyncio.Event | None = None, key: Hashable | None = None
    ) -> None:
        self.name, self.log, self.gate, self.key, self.size = name, log, gate, key, 10

    def run(self) -> Work | None:
        """Begins."""
        if self.gate is not None:
            return self._rest(self.gate)
        self.log.append(self.name)
        return None

    def merge(self, older: Any) -> None:
        """Takes over the name."""
        self.name = f"{older.name}+{self.name}"

    async def _rest(self, gate: asyncio.Event) -> None:
        await gate.wait()
        self.log.append(self.name)


async def test_quick_work_is_done_at_once_without_a_task() -> None:
    """When nothing waits before it."""
    runner = Runner()
    log: list[str] = []
    Mailbox(4, 1000, runner, Tap()).put(Note("a", log))
    assert (log, runner.tasks) == (["a"], set())


async def test_a_job_waits_for_earlier_ones() -> None:
    """One task does it all and then is gone."""
    runner = Runner()
    log: list[str] = []
    gate, mailbox = asyncio.Event(), Mailbox(4, 1000, runner, Tap())
    for name, waits in (("a", gate), ("b", None), ("c", gate)):
        mailbox.put(Note(name, log, waits))
    assert len(runner.tasks) == 1
    gate.set()
    await asyncio.wait(set(runner.tasks))
    assert (log, runner.tasks, mailbox.busy) == (["a", "b", "c"], set(), False)


async def test_the_source_is_paused_while_the_mailbox_is_full() -> None:
    """By number and by size."""
    for jobs, size in ((2, 1000), (100, 20)):
        tap, log, gate = Tap(), list[str](), asyncio.Event()
        runner = Runner()
        mailbox = Mailbox(jobs, size, runner, tap)
        mailbox.put(Note("a", log, gate))
        mailbox.put(Note("b", log))
        assert not tap.paused
        mailbox.put(Note("c", log))
        assert tap.paused
        gate.set()
        await asyncio.wait(set(runner.tasks))
        assert not tap.paused


async def test_newer_work_takes_over_older_of_the_same_key() -> None:
    """Only a waiting job is replaced; the others keep their order."""
    runner = Runner()
    log: list[str] = []
    gate, mailbox = asyncio.Event(), Mailbox(9, 1000, runner, Tap())
    mailbox.put(Note("running", log, gate, "k"))
    for name, key in (("1", "k"), ("x", None), ("2", "k"), ("3", "other")):
        mailbox.put(Note(name, log, None, key))
    gate.set()
    await asyncio.wait(set(runner.tasks))
    assert log == ["running", "x", "1+2", "3"]


async def test_cleared_work_is_never_done() -> None:
    """The running job continues."""
    runner = Runner()
    log: list[str] = []
    gate, mailbox = asyncio.Event(), Mailbox(9, 1000, runner, Tap())
    mailbox.put(Note("a", log, gate))
    mailbox.put(Note("b", log))
    mailbox.clear()
    mailbox.put(Note("c", log))
    gate.set()
    await asyncio.wait(set(runner.tasks))
    assert log == ["a", "c"]
