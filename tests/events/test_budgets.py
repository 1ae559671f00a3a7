"""Budgets end what takes too long, and nothing else."""

import asyncio

import pytest

from events.budgets import Budgets
from tests.conftest import until


async def forever() -> None:
    """Waits until it is cancelled."""
    await asyncio.Event().wait()


async def test_what_takes_too_long_is_ended() -> None:
    """TimeoutError, behind which the task is as if it had never been cancelled."""
    budgets = Budgets()
    for _ in range(2):
        with pytest.raises(TimeoutError), budgets.begin(0.01):
            await forever()
    task = asyncio.current_task()
    assert task
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_what_is_done_in_time_is_left_alone() -> None:
    """Also when its task waits for something else behind the context, and another one is ended by then."""
    budgets = Budgets()
    with budgets.begin(0.01):
        await asyncio.sleep(0)
    with pytest.raises(ValueError, match="broken"), budgets.begin(0.01):
        raise ValueError("broken")
    other = asyncio.ensure_future(_ended(budgets))
    assert await other


async def _ended(budgets: Budgets) -> bool:
    try:
        with budgets.begin(0.02):
            await forever()
    except TimeoutError:
        return True
    return False


async def test_whoever_is_cancelled_by_somebody_else_stays_cancelled() -> None:
    """Whether its time is up at that moment or not."""
    budgets = Budgets()

    async def late() -> None:
        with budgets.begin(0.01):
            try:
                await forever()
            except asyncio.CancelledError:
                task = asyncio.current_task()
                assert task
                task.cancel()
                await forever()

    async def early() -> None:
        with budgets.begin(60):
            await forever()

    tasks = [asyncio.ensure_future(work()) for work in (late, early)]
    await until(tasks[0].done)
    assert tasks[0].cancelled()
    assert not tasks[1].done()
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert tasks[1].cancelled()


async def test_a_task_inside_another_budget() -> None:
    """The shorter one ends it; the longer one goes on."""
    budgets = Budgets()
    with budgets.begin(60):
        with pytest.raises(TimeoutError), budgets.begin(0.01):
            await forever()
        await asyncio.sleep(0)
