"""Collects everything sent in one turn of the event loop and writes it at its end, with one write per receiver."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Container

from konektor.realtime.engineio.socket import Part, Socket
from konektor.realtime.socketio.codec import codec
from konektor.realtime.stats import Stats

write_now = codec.write_now

Room = dict[Socket, str]
"""The sessions in a room, each with its Socket.IO id there."""

Entry = tuple[Socket | Room, Part, Container[str]]
"""The receivers, the frames, and the ids to leave out."""


class Fanout:
    """Keeps the order of all frames for one socket, whether sent to it directly or through rooms."""

    __slots__ = ("_entries", "_flushing", "_stats")

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._entries: list[Entry] = []
        self._flushing = False

    def send(self, to: Socket | Room, frames: bytes, skip: Container[str] = (), droppable: bool = False) -> None:
        """Queues joined frames for a socket, or for the current members of a room except the ids in `skip`."""
        if not self._entries:
            asyncio.get_running_loop().call_soon(self.flush)
        self._entries.append((to, (frames, droppable), skip))

    def reply(self, socket: Socket, frames: bytes) -> None:
        """Sends frames to a socket: at once, unless others were sent before in this turn."""
        if self._entries or self._flushing:
            self.send(socket, frames)
            return
        fd, size, stats = socket.direct_fd, len(frames), self._stats
        sent = 0 if fd is None else write_now(fd, frames)
        if sent != size:  # the transport gets the rest, and handles the error if there was one
            socket.send_buffered([(frames[sent:], False)])
        stats.frames_out += 1
        stats.bytes_out += size

    def flush(self) -> None:
        """Writes what was collected; called at the end of the turn, and before a room changes its members."""
        if not self._entries or self._flushing:
            return
        entries, self._entries = self._entries, []
        if len(entries) == 1 and isinstance(entries[0][0], Socket):
            self._write((entries[0][0],), [entries[0][1]])
            return
        self._flushing = True
        try:
            rooms = [(to, skip) for to, _part, skip in entries if type(to) is dict]
            if rooms and all(to is rooms[0][0] and not skip for to, skip in rooms):
                self._to_one_room(rooms[0][0], entries)
            else:
                self._to_each(entries)
        finally:
            self._flushing = False

    def _to_one_room(self, room: Room, entries: list[Entry]) -> None:
        """The common case: the same bytes for all members, except the few that also get frames of their own."""
        everyone: list[Part] = []
        own: dict[Socket, list[Part]] = {}
        for to, part, _skip in entries:
            if isinstance(to, Socket):
                if to not in own:
                    own[to] = everyone.copy() if to in room else []
                own[to].append(part)
                continue
            everyone.append(part)
            for socket, parts in own.items():
                if socket in room:
                    parts.append(part)
        self._write([socket for socket in room if socket not in own] if own else list(room), everyone)
        for socket, parts in own.items():
            self._write((socket,), parts)

    def _to_each(self, entries: list[Entry]) -> None:
        """The general case: a list of frames for every receiver."""
        lists: defaultdict[Socket, list[Part]] = defaultdict(list)
        for to, part, skip in entries:
            if isinstance(to, Socket):
                lists[to].append(part)
            elif skip:
                for socket, sid in to.items():
                    if sid not in skip:
                        lists[socket].append(part)
            else:
                for socket in to:
                    lists[socket].append(part)
        for socket, parts in lists.items():
            self._write((socket,), parts)

    def _write(self, sockets: Collection[Socket], parts: list[Part]) -> None:
        """Writes the same to each socket, directly to its file descriptor while its transport buffers nothing."""
        joined = parts[0][0] if len(parts) == 1 else b"".join([frames for frames, _droppable in parts])
        size, write = len(joined), write_now
        for socket in sockets:
            fd = socket.direct_fd
            sent = 0 if fd is None else write(fd, joined)
            if sent != size:
                socket.send_buffered([(joined[sent:], False)] if sent else parts)
        self._stats.frames_out += len(sockets) * len(parts)
        self._stats.bytes_out += len(sockets) * size
