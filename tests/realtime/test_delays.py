"""Things that happen a fixed time later."""

import asyncio
import time

from konektor.realtime.delays import Delay
from tests.realtime.conftest import until


async def test_each_item_comes_due_once_and_in_order() -> None:
    """Neither late nor much too early."""
    began, seen = time.monotonic(), []
    delay: Delay[int] = Delay(0.05, lambda item: seen.append((item, time.monotonic() - began)))
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

    delay: Delay[int] = Delay(0.005, due)
    delay.add(0)
    await until(lambda: len(seen) == 4)
    assert seen == [0, 1, 2, 3]


async def test_nothing_comes_due_after_a_stop() -> None:
    """And no timer is left in the loop."""
    seen: list[int] = []
    delay: Delay[int] = Delay(0.01, seen.append)
    delay.add(1)
    delay.stop()
    await asyncio.sleep(0.03)
    assert not seen


async def test_catching_up_needs_no_timer() -> None:
    """What should have happened happens now."""
    seen: list[int] = []
    delay: Delay[int] = Delay(0.005, seen.append)
    delay.add(1)
    time.sleep(0.01)  # noqa: ASYNC251 - the loop shall be late
    delay.catch_up()
    assert seen == [1]
    delay.stop()


async def test_an_item_added_when_another_comes_due_keeps_nobody_waiting() -> None:
    """Those that waited before it come due in their own time."""
    began, seen = time.monotonic(), dict[str, float]()

    def due(item: str) -> None:
        seen[item] = time.monotonic() - began
        if item == "first":
            delay.add("again")

    delay: Delay[str] = Delay(0.2, due)
    delay.add("first")
    await asyncio.sleep(0.1)
    delay.add("second")
    await until(lambda: len(seen) == 3)
    assert list(seen) == ["first", "second", "again"]
    assert seen["second"] < seen["again"] - 0.05
