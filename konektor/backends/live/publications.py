"""Publications: what is published of events, of changed messages, and of messages that were read from the store."""

from collections.abc import Callable, Sequence

from msgspec import structs

from konektor import hiding
from konektor.backends.live.pubsub import MEMBER, STREAM, Publication
from konektor.backends.live.signals import Signals
from konektor.server_events import MessageNew, ServerEvent
from konektor.shapes import Message
from konektor.store.ids import Id


class Publications:
    """Makes and sends them; `framed` makes the bytes of an event."""

    def __init__(self, framed: Callable[[ServerEvent], bytes], signals: Signals) -> None:
        self._framed = framed
        self._signals = signals

    def publish(
        self,
        stream: str,
        event: ServerEvent,
        seq: int,
        author: str,
        own: ServerEvent | None,
        of: list[str],
        to: list[str],
    ) -> Publication:
        """Sends an event for a stream, as in ports.Live, to the other instances; returns it for this one."""
        publication = Publication(
            self._framed(event),
            seq,
            author,
            self._framed(own) if own is not None else b"",
            event.droppable,
            of=of,
            listing=b"" if seq else hiding.listing(event),  # nobody has reacted to a new message
            stream=stream if to else "",
            to=to,
        )
        if seq or event.droppable:
            # A lost message shows as a gap in the seqs; the next droppable event carries the whole state.
            self._signals.publish(_channels(stream, to), publication)
        else:
            self._signals.send(STREAM + stream, publication, via=_channels(stream, to))
        return publication

    def publish_change(
        self, stream: str, event: ServerEvent, message: str, of: list[str], to: list[str]
    ) -> Publication:
        """The same for a change of a message."""
        publication = self.of_change(stream, event, message, of, to)
        # Stored without the body, which may be outdated when it is read: the reader reads the message itself.
        stored = structs.replace(publication, frames=b"", listing=b"")
        self._signals.send(STREAM + stream, publication, stored, via=_channels(stream, to))
        return publication

    def of_change(self, stream: str, event: ServerEvent, message: str, of: list[str], to: list[str]) -> Publication:
        """A change of a message, whose reactions name MAX_LISTED members."""
        return Publication(
            self._framed(hiding.cut(event)),
            change=message,
            of=of,
            listing=hiding.listing(event),
            stream=stream if to else "",
            to=to,
        )

    def of_missed(self, message: Message, since: dict[str, int] | None) -> Publication:
        """A message read from the store, for those who see what is said after a smaller seq than its own, or with None
        for all in the stream. Its `cid` is not known there, and its reactions name MAX_LISTED members.
        """
        to = [member for member, seq in (since or {}).items() if seq < message.seq]
        if since is not None and not to:
            return Publication(b"", message.seq)
        event = MessageNew(message=message)
        frames = self._framed(hiding.cut(event))
        return Publication(frames, message.seq, message.from_.id, frames, listing=hiding.listing(event), to=to)


def of_all(changes: Sequence[Publication]) -> dict[Id, tuple[list[str], list[str]]]:
    """The ids of the messages that were changed, of whom all changes of each are (whoever may see one of them gets the
    state of the message), and who takes part in its stream.
    """
    found: dict[Id, tuple[list[str], list[str]]] = {}
    for change in changes:
        known = Id(change.change)
        of, _ = found.get(known, (change.of, change.to))
        found[known] = [member for member in change.of if member in of], change.to
    return found


def _channels(stream: str, to: Sequence[str]) -> list[str]:
    """The channels that a publication is sent by: that of the stream, or those of the members who take part in it."""
    return [MEMBER + member for member in to] if to else [STREAM + stream]
