"""Attempts and presence in the memory of one process."""

from collections.abc import Callable
from datetime import datetime, timedelta

Clock = Callable[[], datetime]

GRACE = timedelta(seconds=10)
"""How long a member stays online after their last connection."""
MAX_KEYS = 100_000
"""Keys whose attempts are counted; the one used longest ago is dropped first."""


class Unlimited:
    """ports.Attempts that never refuses, for load tests."""

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """See ports.Attempts."""
        return 0.0

    async def give_back(self, key: str) -> None:
        """See ports.Attempts."""


class MemoryAttempts:
    """ports.Attempts with a list of times for each key."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._taken: dict[str, list[datetime]] = {}

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """See ports.Attempts."""
        now, window = self._now(), timedelta(seconds=seconds)
        times = [time for time in self._taken.pop(key, []) if time > now - window]
        if len(self._taken) >= MAX_KEYS:
            # Many addresses must not fill the memory.
            del self._taken[next(iter(self._taken))]
        self._taken[key] = times
        if len(times) >= allowed:
            return (times[-allowed] + window - now).total_seconds()
        times.append(now)
        return 0.0

    async def give_back(self, key: str) -> None:
        """See ports.Attempts."""
        times = self._taken.get(key)
        if times:
            times.pop()


class Attendance:
    """The connections to this process, and the members who are online: connected, or within GRACE after that."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._connections: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        self._visible: dict[str, set[str]] = {}
        self._labels: dict[str, tuple[str, ...]] = {}
        self._rooms: dict[str, set[str]] = {}
        self._leaving: dict[str, datetime] = {}
        self._wanted: dict[str, bool] = {}
        self._away: set[str] = set()

    def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """Adds a connection; returns how many the member has now."""
        self._connections[connection] = member
        self._wanted[connection] = visible
        self._members.setdefault(member, set()).add(connection)
        if visible:
            self._appear(member, connection, labels)
        return len(self._members[member])

    def _appear(self, member: str, connection: str, labels: tuple[str, ...]) -> None:
        self._visible.setdefault(member, set()).add(connection)
        self._leaving.pop(member, None)
        self._leave_rooms(member)
        self._labels[member] = labels
        for label in labels:
            self._rooms.setdefault(label, set()).add(member)

    def _leave_rooms(self, member: str) -> tuple[str, ...]:
        """Removes the member from the rooms they are online in; returns these."""
        labels = self._labels.pop(member, ())
        for label in labels:
            _discard(self._rooms, label, member)
        return labels

    def show(
        self, connection: str, labels: tuple[str, ...], *, visible: bool | None = None, away: bool | None = None
    ) -> tuple[str, tuple[str, ...]]:
        """Makes a connection visible or not, away or not; returns its member, empty for an unknown one, and the rooms
        concerned.
        """
        member = self._connections.get(connection, "")
        if not member:
            return "", ()
        if visible is not None:
            self._wanted[connection] = visible
        if away is not None:
            (self._away.add if away else self._away.discard)(connection)
        if self._wanted[connection] and connection not in self._away:
            before = self._labels.get(member, ())
            self._appear(member, connection, labels)
            return member, (*before, *labels)
        _discard(self._visible, member, connection)
        if member in self._visible:
            return member, ()
        self._leaving.pop(member, None)
        return member, self._leave_rooms(member)

    def depart(self, connection: str) -> str:
        """Removes a connection; returns its member, empty for an unknown one."""
        member = self._connections.pop(connection, "")
        if member:
            del self._wanted[connection]
            self._away.discard(connection)
            _discard(self._members, member, connection)
            if _discard(self._visible, member, connection):
                self._leaving[member] = self._now() + GRACE
        return member

    def remove_expired(self) -> dict[str, tuple[str, ...]]:
        """Removes the members whose GRACE has ended; returns them with their rooms."""
        now, expired = self._now(), {}
        # `_leaving` is in the order of its times.
        while self._leaving:
            member, until = next(iter(self._leaving.items()))
            if until > now:
                break
            del self._leaving[member]
            expired[member] = self._leave_rooms(member)
        return expired

    def known(self) -> set[str]:
        """Every member who is connected or online."""
        return self._members.keys() | self._labels.keys()

    def connections(self, member: str) -> int:
        """How many connections the member has, visible or not."""
        return len(self._members.get(member, ()))

    def labels(self, member: str) -> tuple[str, ...] | None:
        """The rooms of a member who is online; None for another."""
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

    async def show(
        self, connection: str, labels: tuple[str, ...], *, visible: bool | None = None, away: bool | None = None
    ) -> None:
        """See ports.Presence."""
        self._here.show(connection, labels, visible=visible, away=away)

    async def depart(self, connection: str) -> None:
        """See ports.Presence."""
        self._here.depart(connection)

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """See ports.Presence."""
        self._here.remove_expired()
        return {label: self._here.count(label) for label in labels}

    async def members(self, label: str) -> set[str]:
        """See ports.Presence."""
        self._here.remove_expired()
        return self._here.inside(label)

    async def online(self, members: list[str]) -> set[str]:
        """See ports.Presence."""
        self._here.remove_expired()
        return {member for member in members if self._here.labels(member) is not None}


def _discard(table: dict[str, set[str]], key: str, item: str) -> bool:
    """Removes an item from the set at `key`; True when the set is empty then, which removes it too."""
    if key not in table:
        return False
    table[key].discard(item)
    if table[key]:
        return False
    del table[key]
    return True
