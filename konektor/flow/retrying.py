"""Retrying: repeats work that the database was unavailable for, until it is done."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

RETRY_DELAY = 0.25
"""Seconds between two attempts."""

T = TypeVar("T")


async def retried(work: Callable[[], Awaitable[T]], is_unavailable: Callable[[Exception], bool]) -> T:
    """The result of `work`, as soon as it does not fail for an outage; any other failure is raised."""
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_unavailable(error):
                raise
        await asyncio.sleep(RETRY_DELAY)
