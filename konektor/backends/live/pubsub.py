"""Pub/sub between instances: the interface, the bodies that are sent, and the PubSub of a single instance."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

import msgspec

from konektor.store.sessions import EndReason

STREAM, MEMBER = "s:", "m:"
"""Prefixes of channels: of a stream and of a member, followed by its name."""
BALANCES = "b:"
"""The channel of changed balances, for every instance that has connections."""


class PubSub(Protocol):
    """The part of the engine's bus that is needed here. Every message may be lost."""

    @property
    def healthy(self) -> bool:
        """Whether messages are known to arrive at present."""
        ...

    def publish(self, channel: str, payload: bytes) -> None:
        """Sends to the other instances that subscribe to the channel."""
        ...

    def subscribe(self, channel: str) -> Awaitable[object]:
        """Subscribes; done once the subscription is active, or when pub/sub is unavailable."""
        ...

    def unsubscribe(self, channel: str) -> None:
        """Ends the subscription."""
        ...


class LocalOnly:
    """The PubSub of a single instance."""

    healthy = True

    def publish(self, channel: str, payload: bytes) -> None:
        """No other instances."""

    def subscribe(self, channel: str) -> Awaitable[object]:
        """No messages will arrive."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def unsubscribe(self, channel: str) -> None:
        """No subscription."""


class Publication(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="p"):
    """An event for the connections in a stream, as frames; those of the member `author` get `own` instead.

    `seq` is that of a new message, `change` the id of the stored message that changed. Connections from which one of
    the members `of` (without any: the author; if `droppable`, all of them) is hidden do not get it. `listing` is the
    event itself if it lists other members (konektor/hiding.py). `to` are the members who take part in the `stream`, if
    nobody has to enter it: it is sent on the channel of each of them.
    """

    frames: bytes
    seq: int = 0
    author: str = ""
    own: bytes = b""
    droppable: bool = False
    change: str = ""
    of: list[str] = []
    listing: bytes = b""
    stream: str = ""
    to: list[str] = []


class Tell(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="t"):
    """An event for all connections of a member except `skip`, as frames."""

    frames: bytes
    skip: str = ""


class End(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="e"):
    """A login session of a member that has ended."""

    session: str
    reason: EndReason


class Refresh(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="r"):
    """A member whose Caller changed."""


class Leave(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="l"):
    """A member who no longer takes part in a stream."""

    stream: str


class Change(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A change of a member's balance by `delta` tokens."""

    member: str
    delta: int
    reason: str


class Balances(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="b"):
    """The changes of balances that an instance made in the last quarter of a second."""

    changes: list[Change]


Body = Publication | Tell | End | Refresh | Leave | Balances

encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Body)


def decode(payload: bytes) -> Body:
    """The body that `encode` encoded; msgspec.DecodeError for one that this version does not know."""
    body: Body = _decoder.decode(payload)
    return body
