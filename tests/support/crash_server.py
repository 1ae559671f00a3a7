"""Serves like run.py but is quick to recover, and kills itself at a chosen step: for the tests of crashes.

CRASH_AT is `module:function:before|after`; it holds from the signal SIGUSR1 on.
"""

import importlib
import inspect
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from konektor import idempotency
from konektor.running import periodic_work, recovery
from tests.support import quick_server

HASTE = 20


def die() -> None:
    """Ends this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def crash_at(step: str) -> None:
    """Wraps a function of the product so that the process dies right before or after it."""
    place, name, when = step.split(":")
    module = importlib.import_module(place)
    original = getattr(module, name)
    armed: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, frame: armed.append(number))

    def before() -> None:
        if armed and when == "before":
            die()

    async def waiting(*args: Any, **options: Any) -> Any:
        before()
        answer = await original(*args, **options)
        if armed:
            die()
        return answer

    def at_once(*args: Any, **options: Any) -> Any:
        before()
        answer = original(*args, **options)
        if armed:
            die()
        return answer

    setattr(module, name, waiting if inspect.iscoroutinefunction(original) else at_once)


def hurry() -> None:
    """Shortens what recovery waits for, so that a test need not."""
    original = periodic_work.repeat_every

    async def hurried(seconds: float, work: Callable[[], Awaitable[object]], name: str, expected: Any) -> None:
        await original(seconds / HASTE, work, name, expected)

    recovery.STALE = timedelta(seconds=10 / HASTE)
    idempotency.ABANDONED /= HASTE
    periodic_work.repeat_every = hurried


def main(words: Sequence[str]) -> int:
    """Its exit status, if it lives to tell."""
    hurry()
    if os.environ.get("CRASH_AT"):
        crash_at(os.environ["CRASH_AT"])
    return quick_server.main(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
