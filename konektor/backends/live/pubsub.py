"""What instances tell each other by the bell, and a bell for an instance that is alone."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

import msgspec

from konektor.ports import SubscriptionState

STREAM, MEMBER, ENDED = "s:", "m:", "ended"
"""Channels: a stream's, a member's (both with the name behind), and that of login sessions that have ended."""


class Bell(SubscriptionState, Protocol):
    """The part of the engine's bus that is needed here."""

    def publish(self, channel: str, payload: bytes) -> None:
        """Tells the other instances that watch the channel; they may not hear it."""
        ...

    def subscribe(self, channel: str) -> Awaitable[object]:
        """Begins to hear the channel; done when what is rung from now on is heard, or when that cannot be soon."""
        ...

    def unsubscribe(self, channel: str) -> None:
        """Hears it no longer."""
        ...


class LocalOnly:
    """The Bell of an instance without others."""

    healthy = True
    outages = 0

    def publish(self, channel: str, payload: bytes) -> None:
        """Nobody is there."""

    def subscribe(self, channel: str) -> Awaitable[object]:
        """Nobody will ring."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def unsubscribe(self, channel: str) -> None:
        """Nobody has."""


class Told(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event on its way to the connections in a stream, framed: `own` is what those of the member `author` get."""

    frames: bytes
    seq: int = 0
    author: str = ""
    own: bytes = b""
    droppable: bool = False


class Ended(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A login session that has ended."""

    session: str
    reason: str


encode = msgspec.msgpack.Encoder().encode
told = msgspec.msgpack.Decoder(Told).decode
ended = msgspec.msgpack.Decoder(Ended).decode
