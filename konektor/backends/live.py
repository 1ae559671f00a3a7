"""Telling members what changed, over the Socket.IO server of this process."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from konektor.told import SessionEnded

DROPPABLE = frozenset({"typing:changed", "presence:changed"})
"""What a slow reader can do without: the next one says it all again."""


class Pusher(Protocol):
    """The part of the Socket.IO server that is needed here."""

    def push(
        self, event: str, data: Any, *, room: str, skip: Any = (), namespace: str = "/", droppable: bool = False
    ) -> None:
        """Sends to a room without waiting."""
        ...

    def join(self, sid: str, room: str, namespace: str = "/") -> None:
        """Lets a connection into a room."""
        ...

    def part(self, sid: str, room: str, namespace: str = "/") -> None:
        """Takes a connection out of a room."""
        ...

    async def disconnect(self, sid: str) -> None:
        """Closes a connection."""
        ...


Kept = tuple[str, Any, int]

LATE = 100
"""By how many messages a server may be behind the store with telling of one."""


class SocketLive:
    """ports.Live. Connections are Socket.IO sids; `arrive` and `depart` are the connection edge's."""

    def __init__(self, server: Pusher, start: Callable[[Any], Any]) -> None:
        self._server = server
        self._start = start
        self._members: dict[str, set[str]] = {}
        self._sessions: dict[str, set[str]] = {}
        self._streams: dict[str, set[str]] = {}
        self._entered: dict[str, set[str]] = {}
        self._held: dict[str, dict[str, list[Kept]]] = {}
        self._read: dict[str, dict[str, int]] = {}

    def arrive(self, member: str, session: str, connection: str) -> int:
        """Notes a connection; answers how many the member has with it."""
        self._members.setdefault(member, set()).add(connection)
        self._sessions.setdefault(session, set()).add(connection)
        self._entered[connection] = set()
        return len(self._members[member])

    def depart(self, member: str, session: str, connection: str) -> None:
        """Forgets a connection that is gone."""
        for table, key in ((self._members, member), (self._sessions, session)):
            table.get(key, set()).discard(connection)
            if not table.get(key):
                table.pop(key, None)
        for stream in self._entered.pop(connection, ()):
            self._out(connection, stream)
        for stream in [name for name, kept in self._held.items() if connection in kept]:
            self._drop(connection, stream)

    def publish(self, stream: str, event: str, payload: Any, *, seq: int = 0, but: str = "") -> None:
        """See ports.Live."""
        skip = (self._members.get(but, set()) if but else set()) | self._readers(stream, seq)
        if self._streams.get(stream):
            self._server.push(event, payload, room=stream, skip=skip, droppable=event in DROPPABLE)
        for connection, kept in self._held.get(stream, {}).items():
            if connection not in skip:
                kept.append((event, payload, seq))

    def tell(self, member: str, event: str, payload: Any, *, stream: str = "", seq: int = 0) -> None:
        """See ports.Live."""
        inside = self._streams.get(stream, set())
        held = self._held.get(stream, {}) if stream else {}
        for connection in self._members.get(member, set()) - self._readers(stream, seq):
            if connection in held:
                held[connection].append((event, payload, seq))
            elif not stream or connection in inside:
                self._server.push(event, payload, room=connection)

    def _readers(self, stream: str, seq: int) -> set[str]:
        """Those who have read the message from the store before its writer knew that it is there."""
        read = self._read.get(stream) if seq else None
        if not read:
            return set()
        for connection in [connection for connection, last in read.items() if last + LATE < seq]:
            del read[connection]
        return {connection for connection, last in read.items() if last >= seq}

    def hold(self, connection: str, stream: str) -> None:
        """See ports.Live."""
        if connection in self._entered:
            self._held.setdefault(stream, {})[connection] = []
            self._out(connection, stream)
            self._entered[connection].discard(stream)

    def release(self, connection: str, stream: str, *, after: int | None) -> None:
        """See ports.Live."""
        asyncio.get_running_loop().call_soon(self._release, connection, stream, after)

    def _release(self, connection: str, stream: str, after: int | None) -> None:
        kept = self._drop(connection, stream)
        if after is None or kept is None or connection not in self._entered:
            return
        self._entered[connection].add(stream)
        self._streams.setdefault(stream, set()).add(connection)
        self._server.join(connection, stream)
        self._read.setdefault(stream, {})[connection] = after
        for event, payload, seq in kept:
            if not seq or seq > after:
                self._server.push(event, payload, room=connection)

    def _drop(self, connection: str, stream: str) -> list[Kept] | None:
        kept = self._held.get(stream, {}).pop(connection, None)
        if not self._held.get(stream):
            self._held.pop(stream, None)
        return kept

    def leave(self, connection: str, stream: str) -> None:
        """See ports.Live."""
        if connection in self._entered:
            self._entered[connection].discard(stream)
            self._out(connection, stream)

    def _out(self, connection: str, stream: str) -> None:
        inside = self._streams.get(stream)
        if inside and connection in inside:
            inside.discard(connection)
            self._read.get(stream, {}).pop(connection, None)
            if not inside:
                del self._streams[stream]
                self._read.pop(stream, None)
            self._server.part(connection, stream)

    def audience(self) -> set[str]:
        """See ports.Live."""
        return set(self._streams)

    def logins(self) -> set[str]:
        """See ports.Live."""
        return set(self._sessions)

    def end(self, session: str, reason: str) -> None:
        """See ports.Live."""
        for connection in list(self._sessions.get(session, ())):
            self._server.push("session:ended", SessionEnded(reason=reason), room=connection)
            self._start(self._server.disconnect(connection))

    def end_all(self, reason: str) -> None:
        """Tells every connection that it is over, and closes it."""
        for session in list(self._sessions):
            self.end(session, reason)
