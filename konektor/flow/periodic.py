"""Periodic work: runs a coroutine at intervals until it is cancelled."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger("konektor.periodic")


def _never(error: Exception) -> bool:
    return False


async def repeat_every(
    seconds: float,
    work: Callable[[], Awaitable[object]],
    name: str,
    expected: Callable[[Exception], bool] = _never,
) -> None:
    """Waits `seconds`, runs `work`, and repeats. A failure is logged, and the next run tries again.

    `expected(error)`: whether the failure is an outage that ends by itself; it is logged without a traceback.
    """
    task = asyncio.current_task()
    # The database driver may swallow a cancellation that arrives together with its result: check before each run.
    while not (task and task.cancelling()):
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception as error:  # a failed run must not end the later ones
            if expected(error):
                log.warning("%s waits for the database", name)
            else:
                log.exception("%s failed", name)
