"""Telling members what changed, over the Socket.IO servers of all instances."""

import asyncio
from collections.abc import Callable, Container
from typing import Any, Protocol

from konektor.backends.live import pubsub as bell
from konektor.backends.live.ordered_streams import OrderedStreams, Store
from konektor.backends.live.pubsub import ENDED, MEMBER, STREAM, Bell, Ended, Told, encode
from konektor.backends.live.read_positions import HeldFrames, ReadPositions
from konektor.server_events import MessageNew, SessionEnded
from konektor.shapes import Message

# What a slow reader can do without: the next one says it all again.
DROPPABLE = frozenset({"typing:changed", "presence:changed"})


class Pusher(Protocol):
    """The part of the Socket.IO server that is needed here."""

    def framed(self, event: str, data: Any) -> bytes:
        """The event as it is sent."""

    def send_frames(self, frames: bytes, *, room: str, skip: Container[str] = (), droppable: bool = False) -> None:
        """Sends to a room without waiting."""

    def join(self, sid: str, room: str) -> object:
        """Lets a connection into a room."""

    def leave(self, sid: str, room: str) -> None:
        """Takes a connection out of a room."""

    async def disconnect(self, sid: str) -> None:
        """Closes a connection."""


class SocketLive:
    """ports.Live. Connections are Socket.IO sids; `arrive` and `depart` are the connection edge's."""

    def __init__(
        self,
        server: Pusher,
        start: Callable[[Any], asyncio.Task[Any]],
        bus: Bell,
        store: Store,
        stored: Callable[[str, int], None],
    ) -> None:
        """`stored(stream, seq)` learns which messages of other instances are in the store."""
        self._server = server
        self._start = start
        self.bell = bus
        self._stored = stored
        self._members: dict[str, set[str]] = {}
        self._sessions: dict[str, set[str]] = {}
        self._streams: dict[str, set[str]] = {}
        self._entered: dict[str, set[str]] = {}
        self._held: dict[str, dict[str, HeldFrames]] = {}
        self._readers = ReadPositions()
        self._changes: dict[str, int] = {}
        self._watches: OrderedStreams[Told] = OrderedStreams(self._deliver, self._found, start, bus, store)

    def arrive(self, member: str, session: str, connection: str) -> None:
        """Notes a connection."""
        if member not in self._members:
            self.bell.subscribe(MEMBER + member)
        self._members.setdefault(member, set()).add(connection)
        self._sessions.setdefault(session, set()).add(connection)
        self._entered[connection] = set()

    def depart(self, member: str, session: str, connection: str) -> None:
        """Forgets a connection that is gone."""
        known = member in self._members
        for table, key in ((self._members, member), (self._sessions, session)):
            table.get(key, set()).discard(connection)
            if not table.get(key):
                table.pop(key, None)
        if known and member not in self._members:
            self.bell.unsubscribe(MEMBER + member)
        for stream in self._entered.pop(connection, ()):
            self._out(connection, stream)
        for stream in [name for name, kept in self._held.items() if connection in kept]:
            self._drop(connection, stream)

    def publish(
        self, stream: str, event: str, payload: Any, *, seq: int = 0, author: str = "", own: Any = None
    ) -> None:
        """See ports.Live."""
        mine = self._server.framed(event, own) if own is not None else b""
        said = Told(self._server.framed(event, payload), seq, author, mine, event in DROPPABLE)
        self.bell.publish(STREAM + stream, encode(said))
        self._take(stream, said)

    def publish_local(self, stream: str, event: str, payload: Any) -> None:
        """See ports.Live."""
        self._deliver(stream, 0, Told(self._server.framed(event, payload), droppable=event in DROPPABLE))

    def _take(self, stream: str, said: Told) -> None:
        """Shows what somebody has said, a message in its turn."""
        watch = self._watches.get(stream)
        if watch and said.seq:
            watch.offer(said.seq, said)
        elif watch:
            watch.add(said)

    def _deliver(self, stream: str, seq: int, said: Told) -> None:
        """Sends to the connections in the stream, and keeps for those that are about to be."""
        readers = self._readers.of(stream, seq)
        authors = self._members.get(said.author, set()) if said.author else set()
        inside = self._streams.get(stream, set())
        if inside:
            self._changes[stream] = self.changes(stream) + (not seq and not said.droppable)
            skip = authors | readers
            self._server.send_frames(said.frames, room=stream, skip=skip, droppable=said.droppable)
            for connection in (authors & inside) - readers if said.own else ():
                self._server.send_frames(said.own, room=connection)
        for connection, kept in self._held.get(stream, {}).items():
            frames = said.own if connection in authors else said.frames
            if frames and connection not in readers:
                kept.append((seq, frames))

    def tell(self, member: str, event: str, payload: Any) -> None:
        """See ports.Live."""
        frames = self._server.framed(event, payload)
        self.bell.publish(MEMBER + member, frames)
        self._hand(member, frames)

    def _hand(self, member: str, frames: bytes) -> None:
        for connection in self._members.get(member, ()):
            self._server.send_frames(frames, room=connection)

    def heard(self, channel: str, payload: bytes) -> None:
        """What another instance has rung."""
        if channel == ENDED:
            over = bell.ended(payload)
            self.close(over.session, over.reason)
        elif channel.startswith(STREAM):
            stream, said = channel.removeprefix(STREAM), bell.told(payload)
            if said.seq:
                self._stored(stream, said.seq)
            self._take(stream, said)
        else:
            self._hand(channel.removeprefix(MEMBER), payload)

    async def begin_join(self, connection: str, stream: str) -> None:
        """See ports.Live."""
        if connection not in self._entered:
            return
        before, kept = self._kept(connection, stream), HeldFrames()
        kept.inside = stream in self._entered[connection] or (before is not None and before.inside)
        self._held.setdefault(stream, {})[connection] = kept
        self._out(connection, stream)
        self._entered[connection].discard(stream)
        opened = False
        try:
            await self._watches.open(stream)
            opened = True
        finally:
            # It may have been given up meanwhile, and begun anew.
            if not opened and self._kept(connection, stream) is kept:
                self._release(connection, stream, None, kept)

    def _found(self, said: Message) -> Told:
        """A message that no bell has told of; nobody knows its `cid` any more."""
        return Told(self._server.framed("message:new", MessageNew(message=said)), said.seq)

    async def look(self) -> None:
        """See ports.Live."""
        await self._watches.look()

    def finish_join(self, connection: str, stream: str, *, after: int | None) -> None:
        """See ports.Live."""
        kept = self._kept(connection, stream)
        if kept is not None:
            asyncio.get_running_loop().call_soon(self._release, connection, stream, after, kept)

    def _release(self, connection: str, stream: str, after: int | None, kept: HeldFrames) -> None:
        if self._kept(connection, stream) is not kept:
            return  # its next event was quicker: it is gone, has left, or enters anew
        if after is not None or kept.inside:
            self._entered[connection].add(stream)
            self._streams.setdefault(stream, set()).add(connection)
            self._server.join(connection, stream)
            if after is not None:
                self._readers.note(stream, connection, after)
            for seq, frames in kept:
                if not seq or after is None or seq > after:
                    self._server.send_frames(frames, room=connection)
        self._drop(connection, stream)

    def _kept(self, connection: str, stream: str) -> HeldFrames | None:
        return self._held.get(stream, {}).get(connection)

    def _drop(self, connection: str, stream: str) -> None:
        """Keeps nothing more for the connection."""
        self._held.get(stream, {}).pop(connection, None)
        if not self._held.get(stream):
            self._held.pop(stream, None)
            self._rest(stream)

    def leave(self, connection: str, stream: str) -> None:
        """See ports.Live."""
        if connection in self._entered:
            self._entered[connection].discard(stream)
            self._out(connection, stream)
            self._drop(connection, stream)

    def _out(self, connection: str, stream: str) -> None:
        inside = self._streams.get(stream)
        if inside and connection in inside:
            inside.discard(connection)
            self._readers.forget(stream, connection)
            if not inside:
                del self._streams[stream]
            self._server.leave(connection, stream)
            self._rest(stream)

    def _rest(self, stream: str) -> None:
        """Stops hearing a stream that nobody is in, or about to enter."""
        if stream not in self._streams and stream not in self._held:
            self._watches.close(stream)
            self._changes.pop(stream, None)

    def changes(self, stream: str) -> int:
        """See ports.Live."""
        return self._changes.get(stream, 0)

    def local_streams(self) -> set[str]:
        """See ports.Live."""
        return set(self._streams)

    def local_sessions(self) -> set[str]:
        """See ports.Live."""
        return set(self._sessions)

    def end(self, session: str, reason: str) -> None:
        """See ports.Live."""
        self.bell.publish(ENDED, encode(Ended(session, reason)))
        self.close(session, reason)

    def close(self, session: str, reason: str) -> None:
        """Ends the connections of a login session that are here."""
        frames = self._server.framed("session:ended", SessionEnded(reason=reason))
        for connection in list(self._sessions.get(session, ())):
            self._server.send_frames(frames, room=connection)
            self._start(self._server.disconnect(connection))

    def farewell(self, connection: str) -> None:
        """Tells one connection that this server stops."""
        frames = self._server.framed("session:ended", SessionEnded(reason="shutdown"))
        self._server.send_frames(frames, room=connection)
