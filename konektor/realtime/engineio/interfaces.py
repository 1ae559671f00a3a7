"""Interfaces between a session, the consumer of its messages, its websocket and the engine."""

import asyncio
from typing import Protocol

from konektor.realtime.options import Options
from konektor.realtime.stats import Stats


class MessageSink(Protocol):
    """Consumes the messages of a session, in order."""

    def try_frame(self, data: bytes) -> bool:
        """Handles received bytes if they are exactly one frame with the most common kind of message.

        Returns False, without effect, for all other data, valid or not. Never raises.
        """

    def text(self, message: str) -> None:
        """A text message. Raises Malformed."""

    def binary(self, message: bytes) -> None:
        """A binary message. Raises Malformed."""

    def may_receive(self, frames: bytes) -> bool:
        """Whether frames queued before a CONNECT was answered may be sent now."""

    def closed(self, reason: str, discard: bool) -> None:
        """The session ended; with `discard` messages not yet handled are dropped."""


class WebSocketLink(Protocol):
    """A websocket that carries a session."""

    transport: asyncio.Transport
    descriptor: int | None
    congested: bool

    @property
    def probed(self) -> bool:
        """Whether an upgrade to this websocket lacks only the client's final packet."""

    def close(self, code: int, *, linger: bool = False) -> None:
        """Sends a close frame and closes; with `linger` after the client had time to read what was sent before."""

    def pause(self) -> None:
        """Stops reading."""

    def resume(self) -> None:
        """Continues reading."""


class SessionOwner(Protocol):
    """What a session needs of its engine."""

    options: Options
    stats: Stats

    def schedule_heartbeat(self, sid: str, heartbeat: int) -> None:
        """Calls `ping` after the ping interval and `check_alive(heartbeat)` after the ping timeout that follows it."""

    def remove_socket(self, sid: str, linger: bool) -> None:
        """Removes a closed session; with `linger` its last packets can still be polled for a while."""
