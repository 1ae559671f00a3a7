"""The clients, rooms and namespaces of this instance, with methods to send events to them."""

import itertools
from collections.abc import Callable, Container, Iterable, Iterator
from inspect import iscoroutine
from typing import Any

import socketio

from konektor.realtime.engineio.socket import Socket
from konektor.realtime.socketio.fanout import Fanout, Room
from konektor.realtime.socketio.packets import EVENT, binary_frames, event_frame

SEVERAL = (list, tuple, set, frozenset, dict)
"""Types that name several rooms; any other value is a single room."""


class Member:
    """One client in one namespace."""

    __slots__ = ("callbacks", "connected", "rooms", "sid", "socket")

    def __init__(self, sid: str, socket: Socket) -> None:
        self.sid = sid
        self.socket = socket
        self.connected = False
        self.rooms: set[str] = set()
        self.callbacks: dict[int, Callable[..., Any]] | None = None


class Rooms(socketio.AsyncManager):
    """A `socketio.AsyncManager` on plain dictionaries; removing a client costs time proportional to its rooms only.

    Before a client enters or leaves a room, the fan-out is flushed, so that an event reaches exactly the clients that
    were in its room when it was sent.
    """

    def __init__(self, fanout: Fanout, *, allow_binary: bool) -> None:
        super().__init__()
        self._fanout = fanout
        self._allow_binary = allow_binary
        self._members: dict[str, dict[str, Member]] = {}
        self._rooms: dict[str, dict[str, Room]] = {}
        self._everyone: dict[str, Room] = {}
        self._numbers = itertools.count(1)

    def add(self, namespace: str, sid: str, socket: Socket) -> None:
        """Adds a client whose CONNECT is being handled; it can already enter rooms and be sent events."""
        self._fanout.flush()
        self._members.setdefault(namespace, {})[sid] = Member(sid, socket)
        self._everyone.setdefault(namespace, {})[socket] = sid

    def remove(self, namespace: str, sid: str) -> None:
        """Removes a client from its namespace and all its rooms."""
        member = self.member(sid, namespace)
        if member is None:
            return
        for room in list(member.rooms):
            self.leave(sid, room, namespace)
        self._fanout.flush()
        del self._members[namespace][sid]
        if self._everyone[namespace].get(member.socket) == sid:  # otherwise it has connected again
            del self._everyone[namespace][member.socket]

    def member(self, sid: str, namespace: str) -> Member | None:
        """The client with this id, None if it is gone."""
        return self._members.get(namespace, {}).get(sid)

    def join(self, sid: str, room: str, namespace: str = "/") -> bool:
        """Puts a client into a room; returns False if the client is gone."""
        member = self.member(sid, namespace)
        if member is None:
            return False
        if room not in member.rooms and room != sid:
            self._fanout.flush()
            member.rooms.add(room)
            self._rooms.setdefault(namespace, {}).setdefault(room, {})[member.socket] = sid
        return True

    def leave(self, sid: str, room: str, namespace: str = "/") -> None:
        """Takes a client out of a room."""
        member = self.member(sid, namespace)
        if member is None or room not in member.rooms:
            return
        self._fanout.flush()
        member.rooms.discard(room)
        rooms = self._rooms[namespace]
        if rooms.get(room, {}).get(member.socket) != sid:
            return  # the client has connected again and entered by its new id
        del rooms[room][member.socket]
        if not rooms[room]:
            del rooms[room]

    def push(
        self,
        event: str,
        data: Any,
        *,
        room: Any,
        skip: Container[str] = (),
        namespace: str = "/",
        droppable: bool = False,
    ) -> None:
        """Sends an event to a room, a client by its id, several of those (a list or tuple), or all clients (None)."""
        to = self._receivers(namespace, room)
        if to and not (isinstance(to, Socket) and room in skip):
            self._fanout.send(to, self.framed(event, data, namespace), skip, droppable)

    def framed(self, event: str, data: Any, namespace: str = "/") -> bytes:
        """Encodes an event as the websocket frames that `send` takes."""
        frames = binary_frames(EVENT, [event, *_arguments(data)], namespace, None) if self._allow_binary else None
        return frames or event_frame(event, data, namespace)

    def send(
        self, frames: bytes, *, room: Any, skip: Container[str] = (), namespace: str = "/", droppable: bool = False
    ) -> None:
        """Sends frames made by `framed` on this or another instance; otherwise like `push`."""
        to = self._receivers(namespace, room)
        if to and not (isinstance(to, Socket) and room in skip):
            self._fanout.send(to, frames, skip, droppable)

    def run_ack_callback(self, sid: str, namespace: str, number: int, args: list[Any]) -> Any:
        """Calls the callback waiting for ack `number`, if any, and returns its result."""
        member = self.member(sid, namespace)
        callback = None if member is None or member.callbacks is None else member.callbacks.pop(number, None)
        return None if callback is None else callback(*args)

    async def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None,
        callback: Callable[..., Any] | None = None, to: Any = None, **_ignored: Any,
    ) -> None:  # fmt: skip
        """As python-socketio documents it."""
        skip = () if skip_sid is None else (skip_sid,) if isinstance(skip_sid, str) else tuple(skip_sid)
        if callback is None:
            self.push(event, data, room=to or room, skip=skip, namespace=namespace or "/")
            return
        for sid, _session in list(self.get_participants(namespace or "/", to or room)):
            member = self.member(sid, namespace or "/")
            if member is not None and sid not in skip:
                self._send_with_ack(member, event, data, namespace or "/", callback)

    def _send_with_ack(
        self, member: Member, event: str, data: Any, namespace: str, callback: Callable[..., Any]
    ) -> None:
        """Sends an event whose ack calls `callback`."""
        number = next(self._numbers)
        if member.callbacks is None:
            member.callbacks = {}
        member.callbacks[number] = callback
        frames = binary_frames(EVENT, [event, *_arguments(data)], namespace, number) if self._allow_binary else None
        self._fanout.send(member.socket, frames or event_frame(event, data, namespace, number))

    async def trigger_callback(self, sid: str, id: int, data: list[Any], namespace: str = "/") -> None:
        """Calls the callback of an ack."""
        result = self.run_ack_callback(sid, namespace, id, data)
        if iscoroutine(result):
            await result

    async def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        """Like `join`."""
        self.join(sid, room, namespace)

    async def leave_room(self, sid: str, namespace: str, room: str) -> None:
        """Like `leave`."""
        self.leave(sid, room, namespace)

    async def close_room(self, room: str, namespace: str) -> None:
        """Takes all clients out of a room."""
        for sid in list(self._rooms.get(namespace, {}).get(room, {}).values()):
            self.leave(sid, room, namespace)

    async def can_disconnect(self, sid: str, namespace: str) -> bool:
        """Whether the client is connected to this instance."""
        return self.is_connected(sid, namespace)

    def is_connected(self, sid: str, namespace: str) -> bool:
        """Whether the client's CONNECT was accepted and it has not left."""
        member = self.member(sid, namespace)
        return member is not None and member.connected

    def get_namespaces(self) -> Iterable[str]:
        """The namespaces that a client has ever connected to."""
        return self._members.keys()

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        """The clients in a room, or in any of several, as (id, session id)."""
        found = self._receivers(namespace, room)
        receivers = {found: room} if isinstance(found, Socket) else found or {}
        for socket, sid in list(receivers.items()):
            yield sid, socket.sid

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        """The client's rooms; its own id is one of them."""
        member = self.member(sid, namespace)
        return [] if member is None else [sid, *member.rooms]

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        """The client's id in a namespace, by the id of its session."""
        return next((sid for socket, sid in self._everyone.get(namespace, {}).items() if socket.sid == eio_sid), None)

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:
        """The id of the client's session."""
        member = self.member(sid, namespace)
        return None if member is None else member.socket.sid

    def _receivers(self, namespace: str, room: Any) -> Socket | Room | None:
        if room is None:
            return self._everyone.get(namespace)
        if isinstance(room, SEVERAL):
            union: Room = {}
            for one in room:
                found = self._receivers(namespace, one)
                union.update({found: one} if isinstance(found, Socket) else found or {})
            return union
        found = self._rooms.get(namespace, {}).get(room)
        if found is None and (member := self.member(room, namespace)) is not None:
            return member.socket
        return found


def _arguments(data: Any) -> tuple[Any, ...]:
    """The arguments of an event: a tuple is several, None is none, any other value is one."""
    return data if isinstance(data, tuple) else () if data is None else (data,)
