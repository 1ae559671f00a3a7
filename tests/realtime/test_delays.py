"""Callbacks after a fixed delay."""

import asyncio
import time

from konektor.realtime.delays import FixedDelayQueue
from tests.realtime.conftest import until


async def test_each_item_comes_due_once_and_in_order() -> None:
    """Neither late nor much too early."""
    began, seen = time.monotonic(), []
    delay: FixedDelayQueue[int] = FixedDelayQueue(0.05, lambda item: seen.append((item, time.monotonic() - began)))
    for item in range(3):
        delay.add(item)
    await until(lambda: len(seen) == 3)
    assert [item for item, _at in seen] == [0, 1, 2]
    assert all(0.048 < at < 1 for _item, at in seen)


async def test_an_item_may_be_added_when_another_comes_due() -> None:
    """A heartbeat does just that."""
    seen: list[int] = []

    def due(item: int) -> None:
        seen.append(item)
        if item < 3:
            delay.add(item + 1)

    delay: FixedDelayQueue[int] = FixedDelayQueue(0.005, due)
    delay.add(0)
    await until(lambda: len(seen) == 4)
    assert seen == [0, 1, 2, 3]


async def test_nothing_comes_due_after_a_stop() -> None:
    """No timer is left in the event loop."""
    seen: list[int] = []
    delay: FixedDelayQueue[int] = FixedDelayQueue(0.01, seen.append)
    delay.add(1)
    delay.stop()
    await asyncio.sleep(0.03)
    assert not seen


async def test_catching_up_needs_no_timer() -> None:
    """Overdue items come due at once."""
    seen: list[int] = []
    delay: FixedDelayQueue[int] = FixedDelayQueue(0.005, seen.append)
    delay.add(1)
    time.sleep(0.01)  # noqa: ASYNC251 - the loop shall be late
    delay.catch_up()
    assert seen == [1]
    delay.stop()


async def test_an_item_added_by_a_due_callback_delays_no_other() -> None:
    """Earlier items come due at their own time."""
    began, seen = time.monotonic(), dict[str, float]()

    def due(item: str) -> None:
        seen[item] = time.monotonic() - began
        if item == "first":
            delay.add("again")

    delay: FixedDelayQueue[str] = FixedDelayQueue(1.0, due)
    delay.add("first")
    await asyncio.sleep(0.5)
    delay.add("second")
    await until(lambda: len(seen) == 3)
    assert list(seen) == ["first", "second", "again"]
    assert seen["second"] < seen["again"] - 0.05
