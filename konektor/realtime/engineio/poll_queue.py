"""Frames waiting for the next poll of a session that has no websocket."""

from itertools import accumulate

from konektor.realtime.engineio.frames import contents

MAX_PACKETS_PYTHON = 16
"""Packets per poll response for Python clients: python-engineio drops a connection that gets more."""


def max_packets(agent: str) -> int | None:
    """How many packets a client accepts in one poll response, by its User-Agent; None for any number.

    Only Python clients are limited: with a high latency there are too few polls to deliver a busy room 16 packets at
    a time.
    """
    return MAX_PACKETS_PYTHON if "python" in agent.lower() else None


class PollQueue:
    """Entries in order, each one or more frames that must stay in one response. `size`: their bytes."""

    __slots__ = ("_max_packets", "_parts", "size")

    def __init__(self, max_packets: int | None = None) -> None:
        """`max_packets`: packets per poll response."""
        self._max_packets = max_packets
        self._parts: list[bytes] = []
        self.size = 0

    def __len__(self) -> int:
        return len(self._parts)

    def add(self, frames: bytes) -> None:
        """Appends an entry."""
        self._parts.append(frames)
        self.size += len(frames)

    def clear(self) -> None:
        """Drops everything."""
        self._parts, self.size = [], 0

    def take_all(self) -> bytes:
        """Removes and joins all entries, for a websocket."""
        parts = self._parts
        self.clear()
        return b"".join(parts)

    def take(self, *, ending: bool) -> list[bytes]:
        """Removes and returns the entries for one poll response.

        With `ending` the last entry (a close packet) is returned alone: clients act on it before the packets that
        precede it in the same response.
        """
        count = len(self._parts) - 1 if ending and len(self._parts) > 1 else len(self._parts)
        if self._max_packets is not None:
            packets = accumulate(sum(1 for _ in contents(frames)) for frames in self._parts[:count])
            count = max(1, sum(1 for total in packets if total <= self._max_packets)) if count else 0
        taken, self._parts = self._parts[:count], self._parts[count:]
        self.size -= sum(map(len, taken))
        return taken
