"""HeadCache: the last known seq of streams, so that the next message needs no look for it.

A head that is out of date costs a second try and nothing else: (stream, seq) is unique in the store, and a seq is
only tried behind one that was seen there, so there is neither a gap nor a double.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

MAX_AGE = timedelta(minutes=1)
"""Long before a message is removed from the store: an old head must not lead to a seq that was there and is gone."""
MAX_STREAMS = 10_000


class HeadCache:
    """The heads that this process has seen lately."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: dict[str, tuple[int, datetime]] = {}

    def get(self, stream: str) -> int | None:
        """The head, if it was seen within the last minute."""
        seq, at = self._seen.get(stream, (0, None))
        return seq if at is not None and self._now() - at < MAX_AGE else None

    def see(self, stream: str, seq: int) -> None:
        """Notes that the message with this seq is in the store; the stream seen longest ago may be forgotten."""
        now = self._now()
        seq = max(seq, self._seen.pop(stream, (0, now))[0])
        if len(self._seen) >= MAX_STREAMS:
            del self._seen[next(iter(self._seen))]
        self._seen[stream] = (seq, now)
