"""Coroutines whose first step runs at once."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from konektor.realtime.eager import EagerStarter, Suspended, first_step
from konektor.realtime.socketio.codec import compiled

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")
Rest = Callable[[Suspended], asyncio.Task[None]]


COMPILED = compiled()
TWINS = [
    pytest.param(first_step, id="python"),
    pytest.param(
        COMPILED and COMPILED.first_step,
        id="compiled",
        marks=[] if COMPILED else pytest.mark.skip("there is no compiled codec"),
    ),
]


@pytest.fixture(params=TWINS)
async def starter(request: pytest.FixtureRequest) -> EagerStarter:
    """A starter with its spare task ready, in Python and compiled."""
    made = EagerStarter(request.param)
    await finish(made, asyncio.sleep(0))
    await asyncio.sleep(0)
    return made


async def finish(starter: EagerStarter, work: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that may suspend."""
    result = starter.start(work)
    if not isinstance(result, Suspended):
        return result
    found: list[Any] = []
    await asyncio.wait([result.run(rest(result, found))])
    return found.pop()


async def rest(suspended: Suspended, found: list[Any]) -> None:
    """Awaits the rest of a coroutine and keeps how it ended."""
    try:
        found.append(await suspended)
    except (Exception, asyncio.CancelledError) as error:
        found.append(error)


async def fail() -> None:
    """A failing handler."""
    raise ValueError("a bug")


async def test_a_coroutine_that_never_suspends_is_done_at_once(starter: EagerStarter) -> None:
    """Its result is returned, or its exception raised, and all of them share one task."""
    tasks = []

    async def work(number: int) -> int:
        tasks.append(asyncio.current_task())
        return number

    assert [starter.start(work(number)) for number in range(3)] == [0, 1, 2]
    assert len(set(tasks)) == 1
    assert tasks[0] is not None
    with pytest.raises(ValueError, match="a bug"):
        starter.start(fail())
    starter.stop()


async def test_one_that_suspends_goes_on_in_the_same_task(starter: EagerStarter) -> None:
    """It is the same task before and after, whatever the coroutine waits for."""
    gate = asyncio.Event()

    async def work(waiting: Callable[[], Coroutine[Any, Any, Any]]) -> bool:
        before = asyncio.current_task()
        await waiting()
        return before is asyncio.current_task()

    asyncio.get_running_loop().call_later(0.01, gate.set)
    for waiting in (lambda: asyncio.sleep(0), lambda: asyncio.sleep(0.001), gate.wait):
        assert await finish(starter, work(waiting)) is True
        await asyncio.sleep(0)
    starter.stop()


async def test_several_that_suspend_in_one_turn_do_not_wait_for_each_other(starter: EagerStarter) -> None:
    """Those for which there is no spare task begin a turn later."""
    gates = [asyncio.Event() for _ in range(3)]

    async def work(number: int) -> int:
        await gates[number].wait()
        return number

    waiting = [asyncio.create_task(finish(starter, work(number))) for number in range(3)]
    for number in (2, 0, 1):
        gates[number].set()
        assert await waiting[number] == number
    starter.stop()


async def test_a_failure_after_suspending_is_raised_to_the_one_who_awaits_the_rest(starter: EagerStarter) -> None:
    """Exceptions that are thrown in reach the coroutine, which may handle them."""

    async def work() -> None:
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        except TimeoutError:
            raise KeyError("late") from None

    assert isinstance(await finish(starter, work()), KeyError)
    starter.stop()


async def test_each_has_a_context_of_its_own(starter: EagerStarter) -> None:
    """A variable that one sets is seen by itself only, also after it has suspended."""

    async def look(name: str, suspend: bool) -> tuple[str, str]:
        before = WHO.get()
        WHO.set(name)
        if suspend:
            await asyncio.sleep(0)
        return before, WHO.get()

    WHO.set("caller")
    for suspend in (False, True, True):
        assert await finish(starter, look("handler", suspend)) == ("caller", "handler")
    assert WHO.get() == "caller"
    starter.stop()


async def test_a_timeout_that_begins_in_the_first_step_works(starter: EagerStarter) -> None:
    """asyncio.timeout() needs the task in which it runs, and cancels it."""

    async def work(seconds: float) -> str:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.Event().wait()
        except TimeoutError:
            return "late"
        return "never"

    for seconds in (0.001, 0, -1):
        assert await finish(starter, work(seconds)) == "late"
        await asyncio.sleep(0)
    starter.stop()


@pytest.mark.parametrize("when", ["at once", "a turn later", "while it waits"])
async def test_a_cancellation_reaches_what_the_coroutine_waits_for(starter: EagerStarter, when: str) -> None:
    """Whenever it comes, the awaited future is cancelled with the coroutine, as in an ordinary task."""
    awaited: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        await awaited

    found: list[Any] = []
    suspended = starter.start(work())
    task = suspended.run(rest(suspended, found))
    for _turn in range(["at once", "a turn later", "while it waits"].index(when)):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert isinstance(found[0], asyncio.CancelledError)
    assert awaited.cancelled()
    starter.stop()


async def test_a_coroutine_that_cancels_its_task_is_cancelled_at_its_next_await(starter: EagerStarter) -> None:
    """The coroutines after it are not, although they might have had the same task."""

    async def quit_at_once(suspend: bool) -> str:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        if suspend:
            await asyncio.sleep(0)
        return "returned"

    async def note() -> str:
        await asyncio.sleep(0)
        return "done"

    assert starter.start(quit_at_once(suspend=False)) == "returned"
    assert await finish(starter, note()) == "done"
    await asyncio.sleep(0)
    assert isinstance(await finish(starter, quit_at_once(suspend=True)), asyncio.CancelledError)
    assert await finish(starter, note()) == "done"
    starter.stop()


async def test_the_current_task_of_the_caller_is_kept(starter: EagerStarter) -> None:
    """A handler may be started from a request, which has a task of its own."""
    caller = asyncio.current_task()

    async def look() -> bool:
        return asyncio.current_task() not in (caller, None)

    assert starter.start(look()) is True
    assert asyncio.current_task() is caller
    starter.stop()


async def test_nothing_is_left_after_a_stop() -> None:
    """Neither the spare task nor one that was about to be."""
    before = asyncio.all_tasks()
    for turns in (0, 1, 2):
        starter = EagerStarter()
        await finish(starter, asyncio.sleep(0))
        for _turn in range(turns):
            await asyncio.sleep(0)
        starter.stop()
        starter.stop()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before


def test_a_starter_outlives_its_event_loop() -> None:
    """A loop that ends cancels the spare task; the next one gets another."""
    starter = EagerStarter()

    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    async def scenario() -> None:
        for _round in range(2):
            assert await finish(starter, work()) == "done"
            await asyncio.sleep(0)

    asyncio.run(scenario())
    asyncio.run(scenario())
