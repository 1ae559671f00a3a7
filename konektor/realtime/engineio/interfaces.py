"""The roles around a session: who takes its messages, what carries it, who keeps it."""

import asyncio
from typing import Protocol

from konektor.realtime.options import Options
from konektor.realtime.stats import Stats


class Inlet(Protocol):
    """Who receives the messages of a session, in order."""

    def text(self, message: str) -> None:
        """A text message. Raises Malformed."""

    def binary(self, message: bytes) -> None:
        """A binary message. Raises Malformed."""

    def hears(self, frames: bytes) -> bool:
        """Whether the client may be sent what was meant for it while its CONNECT was not answered."""

    def closed(self, reason: str, discard: bool) -> None:
        """The session ended; `discard` says that what it sent before is not worth handling."""


class Link(Protocol):
    """A websocket that carries a session."""

    transport: asyncio.Transport
    descriptor: int | None
    congested: bool

    @property
    def probed(self) -> bool:
        """Whether only the decision to move the session there is missing."""

    def close(self, code: int, *, linger: bool = False) -> None:
        """Says goodbye and closes; with `linger` not before the client has had time to read."""

    def pause(self) -> None:
        """Reads no more."""

    def resume(self) -> None:
        """Reads again."""


class Keeper(Protocol):
    """What a session needs of its engine."""

    options: Options
    stats: Stats

    def expect_life(self, sid: str, beat: int) -> None:
        """Calls `ping` after the ping interval, and `check_life(beat)` when the ping timeout has passed as well."""

    def forget(self, sid: str, linger: bool) -> None:
        """The session is closed; with `linger` its last words may still be polled for a while."""
