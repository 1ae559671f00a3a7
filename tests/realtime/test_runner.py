"""Coroutines run in as few tasks as possible."""

import asyncio
from contextvars import ContextVar

import pytest

from konektor.realtime.runner import Runner
from tests.conftest import until

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


async def ended(runner: Runner) -> None:
    """Waits until nothing runs."""
    async with asyncio.timeout(30):
        while runner.tasks:
            await asyncio.wait(set(runner.tasks))


async def test_coroutines_that_never_suspend_share_a_task_in_order() -> None:
    """A hundred started in one turn run after it, one by one, in one task."""
    runner, log = Runner(), list[int]()

    async def note(number: int) -> None:
        log.append(number)

    for number in range(100):
        runner.start(note(number))
    assert (log, len(runner.tasks)) == ([], 1)
    await ended(runner)
    assert log == list(range(100))


async def test_no_coroutine_waits_for_one_that_suspends() -> None:
    """One that suspends keeps the task; those after it continue in another, in the same turn if started together."""
    runner, log, gate = Runner(), list[str](), asyncio.Event()

    async def wait(name: str) -> None:
        log.append(f"{name} begins")
        await gate.wait()
        log.append(f"{name} ends")

    async def note(name: str) -> None:
        log.append(name)

    for work in (note("a"), wait("b"), note("c"), wait("d"), note("e")):
        runner.start(work)
    await until(lambda: log[-1:] == ["e"])
    assert log == ["a", "b begins", "c", "d begins", "e"]
    runner.start(note("f"))
    gate.set()
    await ended(runner)
    assert sorted(log[5:]) == ["b ends", "d ends", "f"]


async def test_each_has_a_context_of_its_own() -> None:
    """Context variables set by one are kept for itself only; it starts with those of its caller."""
    runner, seen = Runner(), list[tuple[str, str]]()

    async def look(name: str) -> None:
        before = WHO.get()
        WHO.set(name)
        if name != "swift":
            await asyncio.sleep(0)
        seen.append((before, WHO.get()))

    WHO.set("caller")
    for name in ("swift", "slow", "slower"):
        runner.start(look(name))
    WHO.set("somebody else")
    await ended(runner)
    assert seen == [("caller", "swift"), ("caller", "slow"), ("caller", "slower")]


async def test_a_timeout_and_a_cancellation_end_one_of_them() -> None:
    """Each may use timeouts as in a task of its own, and a cancellation affects one coroutine only."""
    runner, log = Runner(), list[str]()

    async def late(name: str, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.Event().wait()
        except TimeoutError:
            log.append(f"{name} is late")
        except asyncio.CancelledError:
            log.append(f"{name} is cancelled")
            raise

    async def quit_at_once() -> None:
        raise asyncio.CancelledError

    async def note(name: str) -> None:
        log.append(name)

    for work in (late("a", 0.001), late("b", 60), quit_at_once(), note("c"), late("d", 0.001)):
        runner.start(work)
    await until(lambda: len(runner.tasks) == 1 and len(log) == 3)
    assert sorted(log) == ["a is late", "c", "d is late"]
    for task in set(runner.tasks):
        task.cancel()
    await ended(runner)
    assert log[3:] == ["b is cancelled"]


async def test_others_continue_when_one_fails(caplog: pytest.LogCaptureFixture) -> None:
    """Whether it fails before or after suspending, the failure is reported and later coroutines are started."""
    runner, log = Runner(), list[str]()

    async def die(*, after: int) -> None:
        for _ in range(after):
            await asyncio.sleep(0)
        raise ValueError("a bug")

    async def note(name: str) -> None:
        log.append(name)

    for work in (die(after=0), note("a"), die(after=2), note("b")):
        runner.start(work)
    await ended(runner)
    assert log == ["a", "b"]
    assert [record.getMessage().split("\n")[0] for record in caplog.records] == [
        "Task exception was never retrieved"
    ] * 2


async def test_a_task_cancelled_before_its_start_leaves_its_queue_to_the_next() -> None:
    """The first of them would have been cancelled with it; here even that one is begun."""
    runner, log = Runner(), list[str]()

    async def note(name: str) -> None:
        log.append(name)

    runner.start(note("a"))
    (task,) = runner.tasks
    task.cancel()
    runner.start(note("b"))
    await asyncio.wait([task])
    await ended(runner)
    assert log == ["a", "b"]
