"""RecentValues: the last value seen per key, for a bounded number of keys."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")

MAX_KEYS = 10_000
"""Keys that are kept; the one seen longest ago is dropped first."""


class RecentValues(Generic[Value]):
    """What this process has seen recently. It may be outdated: whoever uses a value checks it where it is stored."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, Value] = {}

    def get(self, key: Hashable) -> Value | None:
        """The value as it was last seen."""
        return self._seen.get(key)

    def see(self, key: Hashable, value: Value) -> None:
        """Records a value."""
        self._seen.pop(key, None)
        if len(self._seen) >= MAX_KEYS:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = value
