"""What the rules need from outside, each as a small interface that every backend implements."""

from collections.abc import Hashable
from typing import Any, Protocol


class Database(Protocol):
    """A MongoDB database of either driver; `db["name"]` is a collection. Only konektor/store looks inside."""

    @property
    def connection_epoch(self) -> Hashable:
        """Identifies the current connection to the current primary. When it changes, writes that were not durable may
        have been lost.
        """
        ...

    def __getitem__(self, name: str, /) -> Any:
        """The collection called `name`; a write is acknowledged when it is durable (majority, journaled)."""
        ...

    def w1_before_majority(self, name: str) -> Any:
        """The same collection for writes that a later durable write of the same batch confirms."""
        ...

    def w1_checked(self, name: str) -> Any:
        """The same collection with w:1. The caller must compare `connection_epoch` before the write and after its next
        durable one.
        """
        ...

    def majority_read(self, name: str) -> Any:
        """The same collection, read with majority read concern: no failover undoes what was read."""
        ...

    def is_unavailable(self, error: BaseException) -> bool:
        """Whether the error means that the database cannot be reached for now, so that trying again may help."""
        ...


class Passwords(Protocol):
    """Hashes passwords away from the event loop."""

    async def hash(self, password: str) -> bytes:
        """The hash to keep."""
        ...

    async def check(self, password: str, kept: bytes | None) -> bool:
        """Whether the password matches the hash; None (no such account) takes the same time and is False."""
        ...


class Attempts(Protocol):
    """Counts attempts in a sliding window of any length."""

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """Counts one attempt at `key` and returns 0; after `allowed` in `seconds` counts none and returns the seconds
        to wait.
        """
        ...

    async def give_back(self, key: str) -> None:
        """Takes back one attempt that `take` has counted."""
        ...


class Presence(Protocol):
    """Who is connected, by member; a member is online from the first connection until 10 s after the last.

    Nothing here fails or waits long: a backend that cannot reach the other instances returns what it knows itself.
    """

    async def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """Adds a connection of a member of the rooms `labels`; returns how many connections the member has now.

        An invisible connection is never counted as online, or listed.
        """
        ...

    async def depart(self, connection: str) -> None:
        """Removes the connection; an unknown one is ignored."""
        ...

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """How many members of each room are online, with an entry for every label."""
        ...

    async def members(self, label: str) -> set[str]:
        """The ids of the members of the room who are online."""
        ...

    async def online(self, members: list[str]) -> set[str]:
        """Those of `members` who are online."""
        ...


class Typing(Protocol):
    """Who is typing in each stream; a signal ends by itself after 5 s."""

    async def start(self, stream: str, member: str) -> bool:
        """Records that the member is typing; False, and no change, within 3 s of the last time."""
        ...

    async def stop(self, stream: str, member: str) -> bool:
        """Ends it for the member; False when they were not typing."""
        ...

    async def members(self, stream: str) -> list[str]:
        """The members who are typing now, the latest first, at most 5."""
        ...

    async def expire(self) -> list[str]:
        """Ends what is older than 5 s; returns the streams where that happened."""
        ...
