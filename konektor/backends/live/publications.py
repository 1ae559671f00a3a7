"""Publications: what is published of events, of changed messages, and of messages that were read from the store."""

from collections.abc import Callable, Sequence
from typing import Protocol

from konektor import hiding
from konektor.backends.live.ordered_streams import MessageStore
from konektor.backends.live.pubsub import Publication
from konektor.server_events import MessageChanged, MessageNew, ServerEvent
from konektor.shapes import Message
from konektor.store.ids import Id


class Store(MessageStore, Protocol):
    """Reads messages and changes of messages that were not received through pub/sub."""

    async def changes(self, ids: list[Id]) -> list[MessageChanged]:
        """The present state of those messages that are still readable; their reactions name MAX_LISTED members."""
        ...

    async def traces(self, stream: str, members: frozenset[Id], hidden: frozenset[Id]) -> list[MessageChanged]:
        """Which messages of a stream are by those members, and the reactions to the newest others that they have
        reacted to, except those by the members `hidden`.
        """
        ...


class Publications:
    """Makes them; `framed` makes the bytes that are sent."""

    def __init__(self, framed: Callable[[ServerEvent], bytes]) -> None:
        self._framed = framed

    def of_event(
        self, event: ServerEvent, seq: int, author: str, own: ServerEvent | None, of: list[str]
    ) -> Publication:
        """An event for a stream, as in ports.Live."""
        return Publication(
            self._framed(event),
            seq,
            author,
            self._framed(own) if own is not None else b"",
            event.droppable,
            of=of,
            listing=b"" if seq else hiding.listing(event),  # nobody has reacted to a new message
        )

    def of_change(self, event: ServerEvent, message: str, of: list[str]) -> Publication:
        """A change of a message, whose reactions name MAX_LISTED members."""
        return Publication(self._framed(hiding.cut(event)), change=message, of=of, listing=hiding.listing(event))

    def of_missed(self, message: Message) -> Publication:
        """A message read from the store; its `cid` is not known there, and its reactions name MAX_LISTED members."""
        event = MessageNew(message=message)
        frames = self._framed(hiding.cut(event))
        return Publication(frames, message.seq, message.from_.id, frames, listing=hiding.listing(event))


def of_all(changes: Sequence[Publication]) -> dict[Id, list[str]]:
    """The ids of the messages that were changed, and of whom all changes of each are: whoever may see one of them gets
    the state of the message.
    """
    found: dict[Id, list[str]] = {}
    for change in changes:
        known = Id(change.change)
        found[known] = [member for member in change.of if member in found.get(known, change.of)]
    return found
