"""The rate limiter: refuses attempts that are too frequent, by any key."""

from collections.abc import Sequence
from dataclasses import dataclass

from konektor.errors import too_frequent
from konektor.ports import Attempts


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `events` in any `seconds`."""

    events: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.events} in {self.seconds:g} s"


class Limiter:
    """Counts attempts in a sliding window, over all instances when these share Redis."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts

    async def check(self, keys: str | Sequence[str], limit: RateLimit, message: str = "") -> None:
        """Counts one attempt for every key; counts none and raises RATE_LIMITED when one of them has had too many.

        `message` is the sentence of the refusal; `{wait}` in it becomes the seconds to wait.
        """
        counted: list[str] = []
        for key in [keys] if isinstance(keys, str) else keys:
            wait = await self._attempts.take(key, limit.events, limit.seconds)
            if wait:
                await self.give_back(counted)
                text = message.format(wait=f"{wait:.0f}") if message else f"Slow down: {limit}."
                raise too_frequent(text, wait)
            counted.append(key)

    async def give_back(self, keys: Sequence[str]) -> None:
        """Removes one counted attempt for each key."""
        for key in keys:
            await self._attempts.give_back(key)
