"""The client's address behind trusted proxies, with a rate limit for new connections per address."""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from konektor.realtime.options import Network

MAX_TRACKED_ADDRESSES = 65536
"""Addresses tracked by a rate limit; the least recently seen one is dropped first."""


def real_address(peer: str, forwarded: Iterable[str], trusted: Sequence[Network]) -> str:
    """The right-most address of X-Forwarded-For that is not a trusted proxy if `peer` is one, else `peer` itself.

    `forwarded`: the values of that header in the order received. A malformed entry ends the search.
    """
    if not trusted or not within(peer, trusted):
        return peer
    address = peer
    for entry in reversed(",".join(forwarded).split(",")):
        candidate = _bare(entry)
        if candidate is None:
            break
        address = candidate
        if not within(address, trusted):
            break
    return address


def _bare(entry: str) -> str | None:
    """The address in one entry of the header, None if it is malformed."""
    try:
        return str(ipaddress.ip_address(entry.strip().removeprefix("[").removesuffix("]")))
    except ValueError:
        return None


def within(address: str, networks: Sequence[Network]) -> bool:
    """Whether `address` is well-formed and in one of `networks`."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)


class AddressRateLimit:
    """A token bucket per address: `per_second` on average, with a burst of the same number (at least one)."""

    __slots__ = ("_buckets", "_burst", "_per_second")

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._burst = max(1.0, math.ceil(per_second))
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str, now: float) -> bool:
        """Takes one token of `address` if it has one. `now`: seconds of a monotonic clock."""
        tokens, since = self._buckets.pop(address, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._per_second)
        self._buckets[address] = (tokens - 1 if tokens >= 1 else tokens, now)
        if len(self._buckets) > MAX_TRACKED_ADDRESSES:
            self._buckets.popitem(last=False)
        return tokens >= 1
