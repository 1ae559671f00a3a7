"""Rooms whose clients are on several instances, which tell each other over the bus what was sent there."""

import asyncio
import re
from collections.abc import Callable, Container, Iterable
from typing import Any

import msgspec

from konektor.realtime.bus.bus import Bus, address
from konektor.realtime.socketio.fanout import Fanout
from konektor.realtime.socketio.rooms import SEVERAL, Rooms
from konektor.realtime.engineio.socket import Socket

CLIENT = re.compile(r"([0-9a-f]{12})-[0-9A-Za-z_-]{20}")
"""The id of a client: the name of its instance, and what nobody can guess."""

Name = bytes
"""A room as it is sent: a name may have half of a character in it, which no text on the wire may."""


class Emit(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="emit"):
    """Frames for a room, a client or all; but for clients in `skip` and those who get it through a room in `before`."""

    namespace: str
    room: Name | None
    frames: bytes
    skip: tuple[Name, ...] = ()
    before: tuple[Name | None, ...] = ()


class Close(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="close"):
    """Everyone leaves a room."""

    namespace: str
    room: Name


class Enter(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="enter"):
    """A client enters a room."""

    namespace: str
    sid: str
    room: Name


class Leave(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="leave"):
    """A client leaves a room."""

    namespace: str
    sid: str
    room: Name


class End(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="end"):
    """A client is to be disconnected."""

    namespace: str
    sid: str


Told = Emit | Close | Enter | Leave | End

encode = msgspec.msgpack.Encoder().encode
decode: Callable[[bytes], Told] = msgspec.msgpack.Decoder(Told).decode


class ClusterRooms(Rooms):
    """Rooms with a channel of the bus for each: it is watched while a client here is in it by `enter_room`, and that of
    a whole namespace while a client is connected to it. What concerns one client goes only to the instance it is on.

    `push`, `join` and `part` stay on this instance: a client that is in a room by `join` alone hears only what is sent
    here. Events that ask for an ack reach clients of this instance only. The name of a room is a text, and not like a
    client's id.
    """

    def __init__(
        self,
        fanout: Fanout,
        bus: tuple[str, str],
        *,
        allow_binary: bool,
        end: Callable[[str, str], None],
        heard: Callable[[str, bytes], None],
    ) -> None:
        """`bus`: address and prefix of the bus. `end(sid, namespace)` disconnects a client of this instance;
        `heard(channel, payload)` gets what comes on channels of the application, which begin with neither / nor @.
        """
        super().__init__(fanout, allow_binary=allow_binary)
        self.bus = Bus(*bus, self._receive)
        self._end = end
        self._heard = heard
        self._present: dict[str, tuple[set[str], asyncio.Future[bool]]] = {}

    def add(self, namespace: str, sid: str, socket: Socket) -> None:
        """As that of Rooms."""
        super().add(namespace, sid, socket)
        self._come(_channel(namespace, None), sid)

    def remove(self, namespace: str, sid: str) -> None:
        """As that of Rooms."""
        super().remove(namespace, sid)
        self._go(_channel(namespace, None), sid)

    def part(self, sid: str, room: str, namespace: str = "/") -> None:
        """As that of Rooms."""
        super().part(sid, room, namespace)
        self._go(_channel(namespace, room), sid)

    async def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None,
        callback: Callable[..., Any] | None = None, to: Any = None, ignore_queue: bool = False, **ignored: Any,
    ) -> None:  # fmt: skip
        """As python-socketio documents it; to clients here at once, to the others when they hear of it."""
        if callback is not None or ignore_queue:
            await super().emit(event, data, namespace, room, skip_sid, callback, to, **ignored)
            return
        skip = () if skip_sid is None else (skip_sid,) if isinstance(skip_sid, str) else tuple(skip_sid)
        frames, to = self.framed(event, data, namespace or "/"), to or room
        self.send(frames, room=to, skip=skip, namespace=namespace or "/")
        self._spread(frames, to, skip, namespace or "/")

    async def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        """Puts a client into a room. Returns when it hears what is sent there elsewhere, after 0.5 s at the latest."""
        if self.member(sid, namespace) is None:
            self._tell_holder(sid, Enter(namespace, sid, _name(room)))
            return
        heard = self._enter(sid, namespace, room)
        if not heard.done():
            await asyncio.wait((heard,))

    async def leave_room(self, sid: str, namespace: str, room: str) -> None:
        """Takes a client out of a room."""
        if self.member(sid, namespace) is None:
            self._tell_holder(sid, Leave(namespace, sid, _name(room)))
        else:
            self.part(sid, room, namespace)

    async def close_room(self, room: str, namespace: str) -> None:
        """Takes everyone out of a room."""
        self._empty(namespace, room)
        self._tell(_channel(namespace, room), Close(namespace, _name(room)))

    def disconnect_elsewhere(self, sid: str, namespace: str) -> None:
        """Disconnects a client of another instance."""
        self._tell_holder(sid, End(namespace, sid))

    def _spread(self, frames: bytes, to: Any, skip: Iterable[str], namespace: str) -> None:
        """Tells the other instances, each of them once for every room of theirs."""
        before: tuple[Name | None, ...] = ()
        skipped = tuple(map(_name, skip))
        for room in dict.fromkeys(to) if isinstance(to, SEVERAL) else [to]:
            name = None if room is None else _name(room)
            told = Emit(namespace, name, frames, skipped, before)
            if room is None or CLIENT.fullmatch(room) is None:
                self._tell(_channel(namespace, room), told)
            else:
                self._tell_holder(room, told)
            before = (*before, name)

    def _tell_holder(self, sid: str, told: Told) -> None:
        """Tells the instance that has a client, unless that is this one."""
        holder = CLIENT.fullmatch(sid)
        if holder is not None and holder[1] != self.bus.instance:
            self._tell(address(holder[1]), told)

    def _tell(self, channel: str, told: Told) -> None:
        self.bus.begin()
        self.bus.ring(channel, encode(told))

    def _receive(self, channel: str, payload: bytes) -> None:
        """Something from another instance."""
        if not channel.startswith(("/", "@")):
            self._heard(channel, payload)
            return
        told = decode(payload)
        if isinstance(told, Emit):
            room = None if told.room is None else _room(told.room)
            self.send(told.frames, room=room, skip=self._skipped(told), namespace=told.namespace)
        elif isinstance(told, Close):
            self._empty(told.namespace, _room(told.room))
        elif isinstance(told, End):
            self._end(told.sid, told.namespace)
        elif self.member(told.sid, told.namespace) is None:
            return
        elif isinstance(told, Enter):
            self._enter(told.sid, told.namespace, _room(told.room))
        else:
            self.part(told.sid, _room(told.room), told.namespace)

    def _skipped(self, told: Emit) -> Container[str]:
        """The ids that this is not for, or not any more."""
        skip = set(map(_room, told.skip))
        for name in told.before:
            room = None if name is None else _room(name)
            if _channel(told.namespace, room) in self._present or self.member(room or "", told.namespace) is not None:
                skip.update(sid for sid, _session in self.get_participants(told.namespace, room))
        return skip

    def _empty(self, namespace: str, room: str) -> None:
        for sid, _session in list(self.get_participants(namespace, room)):
            self.part(sid, room, namespace)

    def _enter(self, sid: str, namespace: str, room: str) -> asyncio.Future[bool]:
        """Puts a client of this instance into a room."""
        self.join(sid, room, namespace)
        return self._come(_channel(namespace, None if room == sid else room), sid)

    def _come(self, channel: str, sid: str) -> asyncio.Future[bool]:
        """A client here wants to hear a channel."""
        if channel not in self._present:
            self.bus.begin()
            self._present[channel] = set(), self.bus.watch(channel)
        sids, heard = self._present[channel]
        sids.add(sid)
        return heard

    def _go(self, channel: str, sid: str) -> None:
        """And not any more."""
        if channel not in self._present:
            return
        sids, _heard = self._present[channel]
        sids.discard(sid)
        if not sids:
            del self._present[channel]
            self.bus.unwatch(channel)


def _channel(namespace: str, room: str | None) -> str:
    """That of a room, or of the whole namespace; in a namespace there is no comma."""
    return namespace if room is None else f"{namespace},{room}"


def _name(room: str) -> Name:
    return room.encode(errors="surrogatepass")


def _room(name: Name) -> str:
    return name.decode(errors="surrogatepass")
