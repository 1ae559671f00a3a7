"""Limits, presence and typing for one process, in its memory."""

from collections.abc import Callable
from datetime import datetime, timedelta

Clock = Callable[[], datetime]

GRACE = timedelta(seconds=10)
TYPING = timedelta(seconds=5)
COUNTED = timedelta(seconds=3)
NAMED = 5
MOST_KEYS = 100_000


class MemoryLimits:
    """ports.Limits with a list of moments for each key."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._taken: dict[str, list[datetime]] = {}

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """See ports.Limits."""
        now, window = self._now(), timedelta(seconds=seconds)
        moments = [moment for moment in self._taken.pop(key, []) if moment > now - window]
        if len(self._taken) >= MOST_KEYS:
            # The key that was used longest ago makes room; a flood of addresses cannot fill the memory.
            del self._taken[next(iter(self._taken))]
        self._taken[key] = moments
        if len(moments) >= allowed:
            return (moments[-allowed] + window - now).total_seconds()
        moments.append(now)
        return 0.0

    async def give_back(self, key: str) -> None:
        """See ports.Limits."""
        moments = self._taken.get(key)
        if moments:
            moments.pop()


class MemoryPresence:
    """ports.Presence with a table of connections."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._connections: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        self._labels: dict[str, tuple[str, ...]] = {}
        self._rooms: dict[str, set[str]] = {}
        self._leaving: dict[str, datetime] = {}

    async def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> None:
        """See ports.Presence."""
        if not visible:
            return
        self._connections[connection] = member
        self._members.setdefault(member, set()).add(connection)
        self._leaving.pop(member, None)
        self._labels[member] = labels
        for label in labels:
            self._rooms.setdefault(label, set()).add(member)

    async def depart(self, connection: str) -> None:
        """See ports.Presence."""
        member = self._connections.pop(connection, None)
        if member is None:
            return
        self._members[member].discard(connection)
        if not self._members[member]:
            del self._members[member]
            self._leaving[member] = self._now() + GRACE

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """See ports.Presence."""
        self._forget()
        return {label: len(self._rooms.get(label, ())) for label in labels}

    async def members(self, label: str) -> set[str]:
        """See ports.Presence."""
        self._forget()
        return set(self._rooms.get(label, ()))

    async def online(self, members: list[str]) -> set[str]:
        """See ports.Presence."""
        self._forget()
        return {member for member in members if member in self._labels}

    def _forget(self) -> None:
        """Takes those out whose grace is over; they left in the order they stand in."""
        now = self._now()
        while self._leaving:
            member, until = next(iter(self._leaving.items()))
            if until > now:
                return
            del self._leaving[member]
            for label in self._labels.pop(member):
                self._rooms[label].discard(member)
                if not self._rooms[label]:
                    del self._rooms[label]


class MemoryTyping:
    """ports.Typing with a table of signs."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._signs: dict[str, dict[str, datetime]] = {}

    async def sign(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        now, signs = self._now(), self._signs.setdefault(stream, {})
        until = signs.get(member)
        if until and until - TYPING + COUNTED > now:
            return False
        signs[member] = now + TYPING
        return True

    async def stop(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        return self._signs.get(stream, {}).pop(member, None) is not None

    async def writers(self, stream: str) -> list[str]:
        """See ports.Typing."""
        now, signs = self._now(), self._signs.get(stream, {})
        writing = [member for member, until in signs.items() if until > now]
        return sorted(writing, key=lambda member: signs[member], reverse=True)[:NAMED]

    async def expire(self) -> list[str]:
        """See ports.Typing."""
        now, changed = self._now(), []
        for stream, signs in list(self._signs.items()):
            over = [member for member, until in signs.items() if until <= now]
            for member in over:
                del signs[member]
            if over:
                changed.append(stream)
            if not signs:
                del self._signs[stream]
        return changed
