"""Ports: what the rules need from outside, each a small interface that backends implement."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Any, Literal, Protocol


class Database(Protocol):
    """A MongoDB database of either driver; `db["name"]` is a collection. Only konektor/store uses it."""

    @property
    def connection_epoch(self) -> Hashable:
        """Identifies the current connection to the current primary. When it changes, writes that were not durable may
        have been lost.
        """
        ...

    def __getitem__(self, name: str, /) -> Any:
        """The collection called `name`; its writes are acknowledged when they are durable (majority, journaled)."""
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
        """Whether the error means that the database is unavailable at present, so that trying again may help."""
        ...


class Passwords(Protocol):
    """Hashes passwords without blocking the event loop."""

    async def hash(self, password: str) -> bytes:
        """The hash to store."""
        ...

    async def check(self, password: str, kept: bytes | None) -> bool:
        """Whether the password matches the stored hash; None (no such account) takes the same time and is False."""
        ...


class Attempts(Protocol):
    """Counts attempts in a sliding window of any length."""

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """Counts one attempt at `key` and returns 0; after `allowed` attempts in `seconds`, counts none and returns the
        seconds to wait.
        """
        ...

    async def give_back(self, key: str) -> None:
        """Removes one attempt that `take` has counted."""
        ...


class Presence(Protocol):
    """Who is connected, by member; a member is online from the first connection until 10 s after the last.

    Nothing here fails or blocks for long: without Redis a backend returns what this instance knows itself.
    """

    async def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """Adds a connection of a member of the rooms `labels`; returns how many connections the member has now.

        An invisible connection is never counted as online, or listed.
        """
        ...

    async def show(
        self, connection: str, labels: tuple[str, ...], *, visible: bool | None = None, away: bool | None = None
    ) -> None:
        """Makes an open connection visible or invisible, away or not, at once and without the 10 s; what is None stays.

        One that is invisible or away does not make its member online. An unknown one is ignored.
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


TypingPlace = tuple[str, str]
"""A stream, and a member who is typing there."""


class Typing(Protocol):
    """Who is typing in each stream; a member who does not start again stops by itself after 5 s."""

    async def start(self, stream: str, member: str) -> bool:
        """Records that the member is typing; False, and no change, within 3 s of the last call that was True."""
        ...

    async def stop(self, places: Collection[TypingPlace]) -> list[TypingPlace]:
        """Records that members have stopped in streams; returns where they were typing."""
        ...

    async def members(self, stream: str) -> list[str]:
        """The members who are typing now, the one that started last first, at most 5."""
        ...

    async def expire(self) -> list[TypingPlace]:
        """Stops the members who started more than 5 s ago; returns them, each behind the stream."""
        ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """A picture as it is kept: WebP in two sizes, without metadata. `width` and `height` are those of `screen`."""

    width: int
    height: int
    screen: bytes
    """At most 1280 pixels wide and high."""
    thumb: bytes
    """At most 96 pixels wide and high."""


class Pictures(Protocol):
    """Decodes pictures from members, without trusting them."""

    async def render(self, sent: bytes | bytearray, *, square: bool) -> Rendered:
        """The picture in the file `sent`; `square`: its thumbnail is cropped to a square.

        UNSUPPORTED_MEDIA for what is no readable picture, TOO_LARGE for one that takes too much to decode, and
        UNAVAILABLE when too many wait, or the decoder fails for another reason.
        """
        ...


@dataclass(frozen=True, slots=True)
class PushTarget:
    """A browser that takes pushes, as its push service knows it."""

    endpoint: str
    p256dh: bytes
    """The public key of the browser, 65 bytes, that what it is sent is encrypted for."""
    auth: bytes
    """16 bytes that the browser shares with whoever may push to it."""


PushOutcome = Literal["sent", "gone", "later", "refused"]
"""What became of a push: `gone`: the browser takes none any more; `later`: to be tried again; `refused`: it will never
be taken.
"""


@dataclass(frozen=True, slots=True)
class PushResult:
    """What became of a push; `retry_after` is in seconds, if the push service says so."""

    outcome: PushOutcome
    retry_after: float | None = None


class Push(Protocol):
    """Sends pushes to the browsers of members, encrypted for them, through the push services of their makers."""

    async def key(self) -> str:
        """The public key of this installation, which a browser subscribes with; the same on every instance."""
        ...

    async def check(self, endpoint: str) -> None:
        """BAD_REQUEST for an address that no push service has: not https, or, in production, in a private network."""
        ...

    async def send(self, target: PushTarget, content: bytes, *, ttl: int, topic: str) -> PushResult:
        """Sends `content`, at most 3 000 bytes; never fails, and takes at most 10 s.

        `ttl`: seconds that the push service keeps it for a browser that is not there; of those with one `topic`, up to
        32 letters, it keeps the last.
        """
        ...


Size = Literal["screen", "thumb"]


class Media(Protocol):
    """Keeps pictures by their id. What was saved never changes."""

    async def save(self, media: str, rendered: Rendered) -> None:
        """Keeps both sizes; repeating it is harmless. UNAVAILABLE."""
        ...

    async def open(self, media: str, size: Size) -> bytes | str | None:
        """The picture, or an address that serves it to whoever has the address; None when there is none.
        UNAVAILABLE.
        """
        ...

    async def delete(self, media: str) -> None:
        """Removes both sizes, and may be repeated. UNAVAILABLE."""
        ...
