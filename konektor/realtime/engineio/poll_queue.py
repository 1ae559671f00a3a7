"""What a session has to send while it is on no websocket, until polls take it away."""

from itertools import accumulate

from konektor.realtime.engineio.frames import contents

MOST = 16
"""Packets in the answer to one poll of a Python client: python-engineio gives up a connection over more."""


def most_packets(agent: str) -> int | None:
    """How many packets a client takes in the answer to one poll, by its User-Agent; None for any number.

    Nobody else is held to MOST: with a long way to the server, polls are too few to bring a busy room 16 at a time.
    """
    return MOST if "python" in agent.lower() else None


class Backlog:
    """Frames in order, some of them several packets in one: these stay together. `size`: their bytes."""

    __slots__ = ("_most", "_parts", "size")

    def __init__(self, most: int | None = None) -> None:
        """`most`: how many packets one poll takes."""
        self._most = most
        self._parts: list[bytes] = []
        self.size = 0

    def __len__(self) -> int:
        return len(self._parts)

    def add(self, frames: bytes) -> None:
        """Puts frames behind the others."""
        self._parts.append(frames)
        self.size += len(frames)

    def clear(self) -> None:
        """Drops everything."""
        self._parts, self.size = [], 0

    def take_all(self) -> bytes:
        """Everything in one, for a websocket."""
        parts = self._parts
        self.clear()
        return b"".join(parts)

    def take(self, *, ending: bool) -> list[bytes]:
        """What one poll gets. When `ending`, the last packet goes alone: clients act on it before all others."""
        count = len(self._parts) - 1 if ending and len(self._parts) > 1 else len(self._parts)
        if self._most is not None:
            packets = accumulate(sum(1 for _ in contents(frames)) for frames in self._parts[:count])
            count = max(1, sum(1 for total in packets if total <= self._most)) if count else 0
        taken, self._parts = self._parts[:count], self._parts[count:]
        self.size -= sum(map(len, taken))
        return taken
