"""Typing in the memory of one process."""

from collections.abc import Collection
from datetime import datetime, timedelta

from konektor.backends.memory import Clock
from konektor.ports import TypingPlace

TYPING_LIFE = timedelta(seconds=5)
"""How long a member is typing after `start`."""
TYPING_INTERVAL = timedelta(seconds=3)
"""How long further `start` calls of a member are ignored."""
MAX_TYPING = 5
"""Members that a list of those typing has at most."""


class MemoryTyping:
    """ports.Typing with a table of who is typing until when."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._until: dict[str, dict[str, datetime]] = {}

    async def start(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        now, typing = self._now(), self._until.setdefault(stream, {})
        until = typing.get(member)
        if until and until - TYPING_LIFE + TYPING_INTERVAL > now:
            return False
        typing[member] = now + TYPING_LIFE
        return True

    async def stop(self, places: Collection[TypingPlace]) -> list[TypingPlace]:
        """See ports.Typing."""
        return [(stream, member) for stream, member in places if self._until.get(stream, {}).pop(member, None)]

    async def members(self, stream: str) -> list[str]:
        """See ports.Typing."""
        now, typing = self._now(), self._until.get(stream, {})
        present = [member for member, until in typing.items() if until > now]
        return sorted(present, key=lambda member: typing[member], reverse=True)[:MAX_TYPING]

    async def expire(self) -> list[TypingPlace]:
        """See ports.Typing."""
        return self.remove_expired()

    def remove_expired(self) -> list[TypingPlace]:
        """Removes the members whose time has ended; returns (stream, member)."""
        now, ended = self._now(), []
        for stream, typing in list(self._until.items()):
            expired = [member for member, until in typing.items() if until <= now]
            for member in expired:
                del typing[member]
            ended += [(stream, member) for member in expired]
            if not typing:
                del self._until[stream]
        return ended
