"""Interfaces: what live events need from the Socket.IO server and from the store."""

from collections.abc import Container
from datetime import datetime
from typing import Any, Protocol

from konektor.server_events import MessageChanged
from konektor.shapes import Message
from konektor.store.ids import Id


class Pusher(Protocol):
    """The part of the Socket.IO server that is needed here."""

    def framed(self, event: str, data: Any) -> bytes:
        """The event as the bytes that are sent."""

    def send_frames(self, frames: bytes, *, room: str, skip: Container[str] = (), droppable: bool = False) -> None:
        """Sends to a room without waiting."""

    def join(self, sid: str, room: str) -> object:
        """Adds a connection to a room."""

    def leave(self, sid: str, room: str) -> None:
        """Removes a connection from a room."""

    async def disconnect(self, sid: str) -> None:
        """Closes a connection."""


class MessageStore(Protocol):
    """Reads messages whose publication was lost."""

    async def head(self, stream: str) -> int:
        """The seq of the newest message of a stream."""
        ...

    async def heads(self, streams: list[str]) -> dict[str, int]:
        """The same for many streams at once; it may lag briefly."""
        ...

    async def head_at(self, stream: str, at: datetime) -> int:
        """The seq of the newest message that was sent until then."""
        ...

    async def after(self, stream: str, seq: int, limit: int) -> list[Message]:
        """The first readable messages after `seq`, oldest first."""
        ...

    async def since(self, stream: str) -> dict[str, int] | None:
        """Of a stream in which members see only what is said after a seq, the seq of each who takes part; otherwise
        None.
        """
        ...


class Store(MessageStore, Protocol):
    """Reads messages and changes of messages that were not received through pub/sub."""

    def now(self) -> datetime:
        """The time by which messages are sent."""
        ...

    async def changes(self, ids: list[Id]) -> list[MessageChanged]:
        """The present state of those messages that are still readable; their reactions name MAX_LISTED members."""
        ...

    async def traces(self, stream: str, members: frozenset[Id], hidden: frozenset[Id]) -> list[MessageChanged]:
        """Which messages of a stream are by those members, and the reactions to the newest others that they have
        reacted to, except those by the members `hidden`.
        """
        ...
