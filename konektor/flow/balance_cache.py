"""BalanceCache: the last known balances of members, so that who speaks again need not be looked up before paying.

A balance that is out of date costs a second try and nothing else: a wallet pays only what leaves the balance that was
expected, in one step.
"""

from collections.abc import Hashable

MAX_MEMBERS = 10_000


class BalanceCache:
    """The balances that this process has seen lately."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, int] = {}

    def get(self, member: Hashable) -> int | None:
        """The balance as it was last seen."""
        return self._seen.get(member)

    def see(self, member: Hashable, balance: int) -> None:
        """Notes a balance; that of the member seen longest ago may be forgotten."""
        self._seen.pop(member, None)
        if len(self._seen) >= MAX_MEMBERS:
            del self._seen[next(iter(self._seen))]
        self._seen[member] = balance
