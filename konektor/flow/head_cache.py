"""HeadCache: the last seq seen per stream, so that the next message is stored without reading it first.

An outdated head costs one more attempt and nothing else: (stream, seq) is unique in the store, and a seq is only tried
after one that was seen there, so there is neither a gap nor a duplicate.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

MAX_AGE = timedelta(minutes=1)
"""Far shorter than messages are kept: an old head must not lead to the seq of a message that was stored and removed."""
MAX_STREAMS = 10_000
"""Heads that are kept; the one seen longest ago is dropped first."""


class HeadCache:
    """The heads that this process has seen recently."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: dict[str, tuple[int, datetime]] = {}

    def get(self, stream: str) -> int | None:
        """The head, if it was seen within the last minute."""
        seq, at = self._seen.get(stream, (0, None))
        return seq if at is not None and self._now() - at < MAX_AGE else None

    def see(self, stream: str, seq: int) -> None:
        """Records that the message with this seq is in the store."""
        now = self._now()
        seq = max(seq, self._seen.pop(stream, (0, now))[0])
        if len(self._seen) >= MAX_STREAMS:
            del self._seen[next(iter(self._seen))]
        self._seen[stream] = (seq, now)
