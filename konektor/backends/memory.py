"""Attempts, presence and typing of one process, in its memory."""

from collections.abc import Callable
from datetime import datetime, timedelta

Clock = Callable[[], datetime]

GRACE = timedelta(seconds=10)
TYPING_LIFE = timedelta(seconds=5)
TYPING_INTERVAL = timedelta(seconds=3)
MAX_TYPING = 5
MAX_KEYS = 100_000


class Unlimited:
    """ports.Attempts that never refuses, for load tests."""

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """See ports.Attempts."""
        return 0.0

    async def give_back(self, key: str) -> None:
        """See ports.Attempts."""


class MemoryAttempts:
    """ports.Attempts with a list of moments for each key."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._taken: dict[str, list[datetime]] = {}

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """See ports.Attempts."""
        now, window = self._now(), timedelta(seconds=seconds)
        moments = [moment for moment in self._taken.pop(key, []) if moment > now - window]
        if len(self._taken) >= MAX_KEYS:
            # The key that was used longest ago makes room; a flood of addresses cannot fill the memory.
            del self._taken[next(iter(self._taken))]
        self._taken[key] = moments
        if len(moments) >= allowed:
            return (moments[-allowed] + window - now).total_seconds()
        moments.append(now)
        return 0.0

    async def give_back(self, key: str) -> None:
        """See ports.Attempts."""
        moments = self._taken.get(key)
        if moments:
            moments.pop()


class Attendance:
    """Who is connected to this process, and who is still online because they have only just gone."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._connections: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        self._visible: dict[str, set[str]] = {}
        self._labels: dict[str, tuple[str, ...]] = {}
        self._rooms: dict[str, set[str]] = {}
        self._leaving: dict[str, datetime] = {}

    def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """Notes a connection; answers how many the member has with it."""
        self._connections[connection] = member
        self._members.setdefault(member, set()).add(connection)
        if visible:
            self._visible.setdefault(member, set()).add(connection)
            self._leaving.pop(member, None)
            for label in self._labels.get(member, ()):
                _take_out(self._rooms, label, member)
            self._labels[member] = labels
            for label in labels:
                self._rooms.setdefault(label, set()).add(member)
        return len(self._members[member])

    def depart(self, connection: str) -> str:
        """Notes that a connection is gone; answers whose it was, or nothing."""
        member = self._connections.pop(connection, "")
        if member:
            _take_out(self._members, member, connection)
            if _take_out(self._visible, member, connection):
                self._leaving[member] = self._now() + GRACE
        return member

    def forget(self) -> dict[str, tuple[str, ...]]:
        """Takes those out whose grace is over; answers them with their rooms."""
        now, gone = self._now(), {}
        # They left in the order they stand in.
        while self._leaving:
            member, until = next(iter(self._leaving.items()))
            if until > now:
                break
            del self._leaving[member]
            gone[member] = self._labels.pop(member)
            for label in gone[member]:
                _take_out(self._rooms, label, member)
        return gone

    def known(self) -> set[str]:
        """Everybody who is connected or online."""
        return self._members.keys() | self._labels.keys()

    def connections(self, member: str) -> int:
        """How many connections the member has, visible or not."""
        return len(self._members.get(member, ()))

    def labels(self, member: str) -> tuple[str, ...] | None:
        """The rooms of the member; None for one who is not online."""
        return self._labels.get(member)

    def count(self, label: str) -> int:
        """How many members of the room are online."""
        return len(self._rooms.get(label, ()))

    def inside(self, label: str) -> set[str]:
        """The members of the room who are online."""
        return set(self._rooms.get(label, ()))


class MemoryPresence:
    """ports.Presence with a table of connections."""

    def __init__(self, now: Clock) -> None:
        self._here = Attendance(now)

    async def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """See ports.Presence."""
        return self._here.arrive(member, connection, labels, visible)

    async def depart(self, connection: str) -> None:
        """See ports.Presence."""
        self._here.depart(connection)

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """See ports.Presence."""
        self._here.forget()
        return {label: self._here.count(label) for label in labels}

    async def members(self, label: str) -> set[str]:
        """See ports.Presence."""
        self._here.forget()
        return self._here.inside(label)

    async def online(self, members: list[str]) -> set[str]:
        """See ports.Presence."""
        self._here.forget()
        return {member for member in members if self._here.labels(member) is not None}


def _take_out(table: dict[str, set[str]], key: str, item: str) -> bool:
    """Takes an item out of the set at `key`; whether it was the last, with which the set goes too."""
    if key not in table:
        return False
    table[key].discard(item)
    if table[key]:
        return False
    del table[key]
    return True


class MemoryTyping:
    """ports.Typing with a table of signs."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._signs: dict[str, dict[str, datetime]] = {}

    async def start(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        now, signs = self._now(), self._signs.setdefault(stream, {})
        until = signs.get(member)
        if until and until - TYPING_LIFE + TYPING_INTERVAL > now:
            return False
        signs[member] = now + TYPING_LIFE
        return True

    async def stop(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        return self._signs.get(stream, {}).pop(member, None) is not None

    async def members(self, stream: str) -> list[str]:
        """See ports.Typing."""
        now, signs = self._now(), self._signs.get(stream, {})
        writing = [member for member, until in signs.items() if until > now]
        return sorted(writing, key=lambda member: signs[member], reverse=True)[:MAX_TYPING]

    async def expire(self) -> list[str]:
        """See ports.Typing."""
        return list(dict.fromkeys(stream for stream, _ in self.over()))

    def over(self) -> list[tuple[str, str]]:
        """Ends the signs that have had their time; their streams and members."""
        now, ended = self._now(), []
        for stream, signs in list(self._signs.items()):
            over = [member for member, until in signs.items() if until <= now]
            for member in over:
                del signs[member]
            ended += [(stream, member) for member in over]
            if not signs:
                del self._signs[stream]
        return ended
