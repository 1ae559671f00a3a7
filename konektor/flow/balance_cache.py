"""BalanceCache: the last balance seen per member, so that a repeat sender is debited without reading the wallet first.

An outdated balance costs one more attempt and nothing else: the update pays only if it leaves the expected balance.
"""

from collections.abc import Hashable

MAX_MEMBERS = 10_000
"""Balances that are kept; the one seen longest ago is dropped first."""


class BalanceCache:
    """The balances that this process has seen recently."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, int] = {}

    def get(self, member: Hashable) -> int | None:
        """The balance as it was last seen."""
        return self._seen.get(member)

    def see(self, member: Hashable, balance: int) -> None:
        """Records a balance."""
        self._seen.pop(member, None)
        if len(self._seen) >= MAX_MEMBERS:
            del self._seen[next(iter(self._seen))]
        self._seen[member] = balance
