"""Rooms that span several instances, which exchange events over the bus."""

import asyncio
import re
from collections.abc import Callable, Container, Iterable
from typing import Any

import msgspec

from konektor.realtime.bus.bus import Bus, instance_channel
from konektor.realtime.engineio.socket import Socket
from konektor.realtime.socketio.fanout import Fanout
from konektor.realtime.socketio.rooms import SEVERAL, Rooms

CLIENT = re.compile(r"([0-9a-f]{12})-[0-9A-Za-z_-]{20}")
"""A client id: the name of its instance and a random part."""

Name = bytes
"""An encoded room name: it may contain an unpaired surrogate, which msgpack strings must not."""


class Emit(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="emit"):
    """Frames for a room, a client or (None) all clients, except those in `skip` and the members of rooms in `covered`,
    who get them by a message of their own.
    """

    namespace: str
    room: Name | None
    frames: bytes
    skip: tuple[Name, ...] = ()
    covered: tuple[Name | None, ...] = ()


class Close(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="close"):
    """All clients leave a room."""

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


class Disconnect(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="disconnect"):
    """A client is disconnected."""

    namespace: str
    sid: str


ClusterMessage = Emit | Close | Enter | Leave | Disconnect

encode = msgspec.msgpack.Encoder().encode
decode: Callable[[bytes], ClusterMessage] = msgspec.msgpack.Decoder(ClusterMessage).decode


class ClusterRooms(Rooms):
    """Each room has a channel on the bus. An instance subscribes to it while one of its clients is in the room by
    `enter_room`, and to the channel of a namespace while a client is connected to it. Messages for one client go only
    to the instance that has it.

    `push`, `join` and `leave` are local: a client that is in a room by `join` alone gets only events sent on its own
    instance. Events that request an ack reach clients of this instance only. Room names must be strings that do not
    look like client ids.
    """

    def __init__(
        self,
        fanout: Fanout,
        bus: tuple[str, str],
        *,
        allow_binary: bool,
        disconnect: Callable[[str, str], None],
        on_app_message: Callable[[str, bytes], None],
    ) -> None:
        """`bus`: URL and prefix of the bus. `disconnect(sid, namespace)` disconnects a client of this instance.
        `on_app_message(channel, payload)` is called for channels of the application, which begin with neither / nor @.
        """
        super().__init__(fanout, allow_binary=allow_binary)
        self.bus = Bus(*bus, self._on_message)
        self._disconnect = disconnect
        self._on_app_message = on_app_message
        self._subscribers: dict[str, tuple[set[str], asyncio.Future[bool]]] = {}

    def add(self, namespace: str, sid: str, socket: Socket) -> None:
        """See Rooms."""
        super().add(namespace, sid, socket)
        self._subscribe_for(_channel(namespace, None), sid)

    def remove(self, namespace: str, sid: str) -> None:
        """See Rooms."""
        super().remove(namespace, sid)
        self._unsubscribe_for(_channel(namespace, None), sid)

    def leave(self, sid: str, room: str, namespace: str = "/") -> None:
        """See Rooms."""
        super().leave(sid, room, namespace)
        self._unsubscribe_for(_channel(namespace, room), sid)

    async def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None,
        callback: Callable[..., Any] | None = None, to: Any = None, ignore_queue: bool = False, **ignored: Any,
    ) -> None:  # fmt: skip
        """As python-socketio documents it; local clients get the event at once, others over the bus."""
        if callback is not None or ignore_queue:
            await super().emit(event, data, namespace, room, skip_sid, callback, to, **ignored)
            return
        skip = () if skip_sid is None else (skip_sid,) if isinstance(skip_sid, str) else tuple(skip_sid)
        frames, to = self.framed(event, data, namespace or "/"), to or room
        self.send(frames, room=to, skip=skip, namespace=namespace or "/")
        self._publish_emit(frames, to, skip, namespace or "/")

    async def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        """Puts a client into a room; returns when events from other instances reach it, or after 0.5 s."""
        if self.member(sid, namespace) is None:
            self._publish_to_owner(sid, Enter(namespace, sid, _name(room)))
            return
        subscribed = self._enter(sid, namespace, room)
        if not subscribed.done():
            await asyncio.wait((subscribed,))

    async def leave_room(self, sid: str, namespace: str, room: str) -> None:
        """Takes a client out of a room."""
        if self.member(sid, namespace) is None:
            self._publish_to_owner(sid, Leave(namespace, sid, _name(room)))
        else:
            self.leave(sid, room, namespace)

    async def close_room(self, room: str, namespace: str) -> None:
        """Takes all clients out of a room."""
        self._close_local(namespace, room)
        self._publish(_channel(namespace, room), Close(namespace, _name(room)))

    def disconnect_elsewhere(self, sid: str, namespace: str) -> None:
        """Disconnects a client of another instance."""
        self._publish_to_owner(sid, Disconnect(namespace, sid))

    def _publish_emit(self, frames: bytes, to: Any, skip: Iterable[str], namespace: str) -> None:
        """Publishes an emit to the other instances, once per room."""
        covered: tuple[Name | None, ...] = ()
        skipped = tuple(map(_name, skip))
        for room in dict.fromkeys(to) if isinstance(to, SEVERAL) else [to]:
            name = None if room is None else _name(room)
            message = Emit(namespace, name, frames, skipped, covered)
            if room is None or CLIENT.fullmatch(room) is None:
                self._publish(_channel(namespace, room), message)
            else:
                self._publish_to_owner(room, message)
            covered = (*covered, name)

    def _publish_to_owner(self, sid: str, message: ClusterMessage) -> None:
        """Publishes to the instance that has a client, unless that is this one."""
        owner = CLIENT.fullmatch(sid)
        if owner is not None and owner[1] != self.bus.instance:
            self._publish(instance_channel(owner[1]), message)

    def _publish(self, channel: str, message: ClusterMessage) -> None:
        self.bus.start_soon()
        self.bus.publish(channel, encode(message))

    def _on_message(self, channel: str, payload: bytes) -> None:
        """Handles a message from another instance."""
        if not channel.startswith(("/", "@")):
            self._on_app_message(channel, payload)
            return
        message = decode(payload)
        if isinstance(message, Emit):
            room = None if message.room is None else _room(message.room)
            self.send(message.frames, room=room, skip=self._skipped(message), namespace=message.namespace)
        elif isinstance(message, Close):
            self._close_local(message.namespace, _room(message.room))
        elif isinstance(message, Disconnect):
            self._disconnect(message.sid, message.namespace)
        elif self.member(message.sid, message.namespace) is None:
            return
        elif isinstance(message, Enter):
            self._enter(message.sid, message.namespace, _room(message.room))
        else:
            self.leave(message.sid, _room(message.room), message.namespace)

    def _skipped(self, message: Emit) -> Container[str]:
        """The ids that must not get an emit, or got it already through a covered room."""
        skip = set(map(_room, message.skip))
        for name in message.covered:
            room = None if name is None else _room(name)
            if (
                _channel(message.namespace, room) in self._subscribers
                or self.member(room or "", message.namespace) is not None
            ):
                skip.update(sid for sid, _session in self.get_participants(message.namespace, room))
        return skip

    def _close_local(self, namespace: str, room: str) -> None:
        for sid, _session in list(self.get_participants(namespace, room)):
            self.leave(sid, room, namespace)

    def _enter(self, sid: str, namespace: str, room: str) -> asyncio.Future[bool]:
        """Puts a local client into a room."""
        self.join(sid, room, namespace)
        return self._subscribe_for(_channel(namespace, None if room == sid else room), sid)

    def _subscribe_for(self, channel: str, sid: str) -> asyncio.Future[bool]:
        """Subscribes to a channel for a local client."""
        if channel not in self._subscribers:
            self.bus.start_soon()
            self._subscribers[channel] = set(), self.bus.subscribe(channel)
        sids, subscribed = self._subscribers[channel]
        sids.add(sid)
        return subscribed

    def _unsubscribe_for(self, channel: str, sid: str) -> None:
        """Unsubscribes when the last local client of a channel is gone."""
        if channel not in self._subscribers:
            return
        sids, _on_app_message = self._subscribers[channel]
        sids.discard(sid)
        if not sids:
            del self._subscribers[channel]
            self.bus.unsubscribe(channel)


def _channel(namespace: str, room: str | None) -> str:
    """The channel of a room, or of the whole namespace; namespaces contain no comma."""
    return namespace if room is None else f"{namespace},{room}"


def _name(room: str) -> Name:
    return room.encode(errors="surrogatepass")


def _room(name: Name) -> str:
    return name.decode(errors="surrogatepass")
