"""What the rules need from outside, each as a small promise that every backend keeps."""

from collections.abc import Hashable
from typing import Any, Protocol


class Database(Protocol):
    """A MongoDB database of either driver; `db["name"]` is a collection. Only konektor/store looks inside."""

    @property
    def connection_epoch(self) -> Hashable:
        """Something that changes when the connection was lost or another server took over: what was written before
        and was not durable may be gone then.
        """
        ...

    def __getitem__(self, name: str, /) -> Any:
        """The collection called `name`; a write is acknowledged when it is durable."""
        ...

    def w1_before_majority(self, name: str) -> Any:
        """The same collection for writes that a later durable write of the same batch confirms."""
        ...

    def w1_checked(self, name: str) -> Any:
        """The same collection for writes that wait for nothing, because whoever makes them compares `epoch` before
        and behind the durable write that follows.
        """
        ...

    def majority_read(self, name: str) -> Any:
        """The same collection, read as nothing can undo it."""
        ...


class Passwords(Protocol):
    """Hashes passwords away from the event loop."""

    async def hash(self, password: str) -> bytes:
        """The hash to keep."""
        ...

    async def check(self, password: str, kept: bytes | None) -> bool:
        """Whether the password belongs to the hash; None (no such account) costs the same time and is False."""
        ...


class Limits(Protocol):
    """Counts attempts over a sliding minute or any other window."""

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """Counts one attempt at `key` and answers 0; past `allowed` in `seconds` counts none and answers the wait."""
        ...

    async def give_back(self, key: str) -> None:
        """Takes back one attempt that `take` has counted."""
        ...


class Presence(Protocol):
    """Who is connected, by member; a member is online from the first connection until 10 s after the last.

    Nothing here fails or waits long: a backend that has lost its others answers with what it knows itself.
    """

    async def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """Notes a connection of a member of the rooms `labels`; answers how many connections the member has with it.

        An invisible one is never counted among those online, or named.
        """
        ...

    async def depart(self, connection: str) -> None:
        """Notes that the connection is gone; unknown ones are fine."""
        ...

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """How many members of each room are online; every label is in the answer."""
        ...

    async def members(self, label: str) -> set[str]:
        """The ids of the members of the room who are online."""
        ...

    async def online(self, members: list[str]) -> set[str]:
        """Those of `members` who are online."""
        ...


class Typing(Protocol):
    """Who is writing in each stream; a sign of writing ends by itself after 5 s."""

    async def sign(self, stream: str, member: str) -> bool:
        """Notes that a member writes; False, and nothing noted, when the last sign is less than 3 s old."""
        ...

    async def stop(self, stream: str, member: str) -> bool:
        """Ends a member's sign; False when there was none."""
        ...

    async def writers(self, stream: str) -> list[str]:
        """Those who write now, the latest first, at most 5."""
        ...

    async def expire(self) -> list[str]:
        """Ends the signs that have had their time; the streams where one has."""
        ...


class SubscriptionState(Protocol):
    """What an instance hears of the others."""

    @property
    def healthy(self) -> bool:
        """Whether what others publish is heard at once, and they hear what is published here."""
        ...

    @property
    def outages(self) -> int:
        """How often that has ended; some of what was published just before may not have been heard."""
        ...


class Live(Protocol):
    """Tells connected members what changed; the store is the truth, so nothing here fails or waits."""

    @property
    def bell(self) -> SubscriptionState:
        """What is heard of other instances."""
        ...

    def publish(
        self, stream: str, event: str, payload: Any, *, seq: int = 0, author: str = "", own: Any = None
    ) -> None:
        """Sends to every connection in the stream, on every instance.

        `seq` is a new message's: it arrives once, behind the one before it. The connections of the member `author` get
        `own` in place of `payload`.
        """
        ...

    def publish_local(self, stream: str, event: str, payload: Any) -> None:
        """Sends to the connections in the stream on this instance; the others find out and show it themselves."""
        ...

    def tell(self, member: str, event: str, payload: Any) -> None:
        """Sends to every connection of one member, wherever it is."""
        ...

    async def begin_join(self, connection: str, stream: str) -> None:
        """Begins to keep what the stream publishes for the connection; `release` must follow."""
        ...

    def finish_join(self, connection: str, stream: str, *, after: int | None) -> None:
        """Lets the connection into the stream, right behind the answer now being given.

        What was kept follows, without the messages up to `after`; None leaves things as they were before `hold`.
        """
        ...

    def leave(self, connection: str, stream: str) -> None:
        """Takes the connection out of the stream."""
        ...

    def changes(self, stream: str) -> int:
        """How many changes of what was said the connections in the stream here were told of; 0 without any."""
        ...

    def local_streams(self) -> set[str]:
        """The streams that have a connection here."""
        ...

    def local_sessions(self) -> set[str]:
        """The login sessions that have a connection here."""
        ...

    def end(self, session: str, reason: str) -> None:
        """Tells the connections of one login session `session:ended` and closes them, on every instance."""
        ...

    def close(self, session: str, reason: str) -> None:
        """The same on this instance alone."""
        ...

    async def look(self) -> None:
        """Looks into the store for messages that this instance has not heard of; called again and again."""
        ...
