"""What a session has to send while it is on no websocket, until polls take it away."""

from konektor.realtime.frames import contents

MOST = 16
"""Packets in the answer to one poll: python-engineio's clients give up a connection over a payload with more."""


class Backlog:
    """Frames in order, some of them several packets in one: these stay together. `size`: their bytes."""

    __slots__ = ("_parts", "size")

    def __init__(self) -> None:
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
        count = packets = 0
        for frames in self._parts[: len(self._parts) - 1 if ending else None] or self._parts:
            packets += sum(1 for _packet in contents(frames))
            if packets > MOST and count:
                break
            count += 1
        taken, self._parts = self._parts[:count], self._parts[count:]
        self.size -= sum(map(len, taken))
        return taken
