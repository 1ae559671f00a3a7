"""The audience: which connections are in which streams, and joining one without a gap or a duplicate."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from konektor.backends.live.hidden import NOBODY, Hidden, HiddenMembers
from konektor.backends.live.interfaces import MessageStore, Pusher
from konektor.backends.live.ordered_streams import OrderedStream, OrderedStreams
from konektor.backends.live.pubsub import Publication, PubSub
from konektor.backends.live.read_positions import Held, ReadPositions
from konektor.shapes import Message
from konektor.streams import Stream


class Audience:
    """The connections in the streams of this instance. Connections are Socket.IO sids."""

    def __init__(
        self,
        server: Pusher,
        start: Callable[[Any], asyncio.Task[Any]],
        bus: PubSub,
        store: MessageStore,
        *,
        missed: Callable[[Message, dict[str, int] | None], Publication],
        connections_of: Callable[[str], Collection[str]],
        hidden: HiddenMembers,
        on_hidden_meanwhile: Callable[[str, Hidden, Collection[str]], None],
        on_delivered: Callable[[str, int, Collection[str]], None],
    ) -> None:
        """`missed` see Publications.of_missed; `connections_of(member)` are those here;
        `on_hidden_meanwhile(connection, members, streams)` is called for who became hidden while it joined a stream;
        `on_delivered(stream, seq, connections)` for a message that was sent to those of others than its author.
        """
        self._server = server
        self._connections_of = connections_of
        self._hidden = hidden
        self._on_hidden_meanwhile = on_hidden_meanwhile
        self._on_delivered = on_delivered
        self._streams: dict[str, set[str]] = {}
        self._entered: dict[str, set[str]] = {}
        self._arrived: dict[str, datetime] = {}
        self._held: dict[str, dict[str, Held]] = {}
        self._read_positions = ReadPositions()
        self._changes: dict[str, int] = {}
        self._ordered: OrderedStreams[Publication] = OrderedStreams(self.deliver, missed, start, bus, store)
        self.poll_store = self._ordered.poll_store
        """Finds messages whose publication was not received."""

    def arrive(self, connection: str, now: datetime) -> None:
        """Adds a connection that was made now; it is in no stream."""
        self._entered[connection] = set()
        self._arrived[connection] = now

    def depart(self, connection: str) -> None:
        """Removes a closed connection from all streams."""
        self._arrived.pop(connection, None)
        for stream in self._entered.pop(connection, ()):
            self._remove(connection, stream)
        for stream in [name for name, held in self._held.items() if connection in held]:
            self._drop_held(connection, stream)

    def follows(self, stream: str) -> bool:
        """Whether a connection on this instance is in the stream or joining it."""
        return self._ordered.get(stream) is not None

    def take(self, stream: str, publication: Publication) -> None:
        """Delivers a publication; a new message when its seq is next.

        Brings in those who take part in it. Nobody is removed: this may be older than what is known of the stream.
        """
        self._bring_in(stream, self._connections_of_all(publication.to))
        ordered = self._ordered.get(stream)
        if ordered and publication.seq:
            ordered.offer(publication.seq, publication)
        elif ordered:
            ordered.add(publication)

    def take_part(self, stream: str, members: Sequence[str]) -> OrderedStream[Publication] | None:
        """Brings the connections of exactly these members into a stream that nobody has to enter, and follows it; None
        when none of them has a connection here.
        """
        wanted = self._connections_of_all(members)
        self._bring_in(stream, wanted)
        for connection in (self._streams.get(stream, set()) | self._held.get(stream, {}).keys()) - wanted:
            self.leave(connection, stream)
        return self._ordered.get(stream) if wanted else None

    def _bring_in(self, stream: str, wanted: set[str]) -> None:
        if wanted <= self._streams.get(stream, set()) and self.follows(stream):
            return
        for connection in wanted - self._streams.get(stream, set()) - self._held.get(stream, {}).keys():
            self._put(connection, stream)
        if wanted:
            self._ordered.follow(stream, min(self._arrived[connection] for connection in wanted))

    def _connections_of_all(self, members: Iterable[str]) -> set[str]:
        return {connection for member in members for connection in self._connections_of(member)}

    def _put(self, connection: str, stream: str) -> None:
        self._entered[connection].add(stream)
        self._streams.setdefault(stream, set()).add(connection)
        self._server.join(connection, stream)

    def deliver(self, stream: str, seq: int, publication: Publication) -> None:
        """Sends to the connections in the stream, and holds it back for those that are joining; of a stream that nobody
        has to enter, to those of the members who took part in it then.
        """
        if not publication.frames:
            return  # nobody may hear it
        to, inside = self._connections_of_all(publication.to), self._streams.get(stream, set())
        skip = self._read_positions.of(stream, seq)
        if publication.to:
            skip, inside = skip | (inside - to), inside & to
        authors = set(self._connections_of(publication.author)) if publication.author else set()
        if inside:
            apart = self._hidden.apart(stream, seq, publication, inside) if self._hidden.connections else {}
            self._changes[stream] = self.changes_published(stream) + (not seq and not publication.droppable)
            others = skip | authors | apart.keys()
            self._server.send_frames(publication.frames, room=stream, skip=others, droppable=publication.droppable)
            for connection in (authors & inside) - skip - apart.keys() if publication.own else ():
                self._server.send_frames(publication.own, room=connection)
            for connection, frames in apart.items():
                if frames and connection not in skip:
                    self._server.send_frames(frames, room=connection, droppable=publication.droppable)
            if seq and not Stream(stream).entered:
                self._on_delivered(stream, seq, inside - others)
        for connection, held in self._held.get(stream, {}).items():
            if connection not in skip and (not publication.to or connection in to):
                held.append((seq, publication))

    def deliver_to(self, hidden: Hidden, stream: str, publication: Publication) -> None:
        """Sends to those connections in the stream from which exactly these members are hidden, and holds back."""
        inside = self._streams.get(stream, set())
        if not hidden:
            others = self._hidden.connections.keys() & inside
            self._server.send_frames(publication.frames, room=stream, skip=others, droppable=publication.droppable)
        else:
            for connection in self._hidden.sharing.get(hidden, set()) & inside:
                self._server.send_frames(publication.frames, room=connection, droppable=publication.droppable)
        for connection, held in self._held.get(stream, {}).items():
            if self._hidden.of(connection) == hidden:
                held.append((0, publication))

    def hidden_in(self, stream: str) -> set[Hidden]:
        """See ports.Live."""
        there = self._streams.get(stream, set()) | self._held.get(stream, {}).keys()
        return {self._hidden.connections[one] for one in self._hidden.connections.keys() & there}

    async def begin_join(self, connection: str, stream: str, hidden: Hidden = NOBODY, to: Sequence[str] = ()) -> None:
        """See ports.Live."""
        if connection not in self._entered:
            return
        before, held = self._held_for(connection, stream), Held()
        held.inside = stream in self._entered[connection] or (before is not None and before.inside)
        held.hidden = hidden
        self._held.setdefault(stream, {})[connection] = held
        self._remove(connection, stream)
        self._entered[connection].discard(stream)
        opened = False
        try:
            if to:
                self.take_part(stream, to)
            if self._held_for(connection, stream) is held:  # not if the connection's member no longer takes part
                await self._ordered.open(stream)
            opened = True
        finally:
            # It may have been cancelled meanwhile, and begun again.
            if not opened and self._held_for(connection, stream) is held:
                self._finish_join(connection, stream, None, held)

    def finish_join(self, connection: str, stream: str, *, after: int | None) -> None:
        """See ports.Live."""
        held = self._held_for(connection, stream)
        if held is not None:
            asyncio.get_running_loop().call_soon(self._finish_join, connection, stream, after, held)

    def _finish_join(self, connection: str, stream: str, after: int | None, held: Held) -> None:
        if self._held_for(connection, stream) is not held:
            return  # the connection has been closed, has left, or joins again
        if after is not None or held.inside:
            self._put(connection, stream)
            if after is not None:
                self._read_positions.record(stream, connection, after)
            for seq, publication in held:
                if (not seq or after is None or seq > after) and (
                    frames := self._frames(connection, stream, seq, publication)
                ):
                    self._server.send_frames(frames, room=connection)
            if newly := self._hidden.of(connection) - held.hidden:
                self._on_hidden_meanwhile(connection, newly, {stream})
        self._drop_held(connection, stream)

    def _frames(self, connection: str, stream: str, seq: int, publication: Publication) -> bytes:
        """What one connection gets of a publication."""
        if self._hidden.connections:
            apart = self._hidden.apart(stream, seq, publication, {connection})
            if connection in apart:
                return apart[connection]
        return publication.own if connection in self._connections_of(publication.author) else publication.frames

    def _held_for(self, connection: str, stream: str) -> Held | None:
        return self._held.get(stream, {}).get(connection)

    def _drop_held(self, connection: str, stream: str) -> None:
        """Stops holding back for the connection."""
        self._held.get(stream, {}).pop(connection, None)
        if not self._held.get(stream):
            self._held.pop(stream, None)
            self._close_unused(stream)

    def leave(self, connection: str, stream: str) -> None:
        """See ports.Live."""
        if connection in self._entered:
            self._entered[connection].discard(stream)
            self._remove(connection, stream)
            self._drop_held(connection, stream)

    def _remove(self, connection: str, stream: str) -> None:
        inside = self._streams.get(stream)
        if inside and connection in inside:
            inside.discard(connection)
            self._read_positions.forget(stream, connection)
            if not inside:
                del self._streams[stream]
            self._server.leave(connection, stream)
            self._close_unused(stream)

    def _close_unused(self, stream: str) -> None:
        """Stops following a stream that no connection is in or joining."""
        if stream not in self._streams and stream not in self._held:
            self._ordered.close(stream)
            self._changes.pop(stream, None)

    def changes_published(self, stream: str) -> int:
        """See ports.Live."""
        return self._changes.get(stream, 0)

    def local_streams(self) -> set[str]:
        """See ports.Live."""
        return set(self._streams)

    def streams_of(self, connection: str) -> set[str]:
        """See ports.Live."""
        return set(self._entered.get(connection, ()))
