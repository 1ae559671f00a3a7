"""The Socket.IO server: a `socketio.AsyncServer` on our Engine.IO server."""

import asyncio
from collections.abc import Callable, Container
from typing import Any

from aiohttp import web

from konektor.realtime.delays import FixedDelayQueue
from konektor.realtime.eager import EagerStarter
from konektor.realtime.engineio import handshake
from konektor.realtime.engineio.engine import Engine, new_id
from konektor.realtime.engineio.socket import SERVER_DISCONNECT, TRANSPORT_CLOSE, Socket
from konektor.realtime.options import Options
from konektor.realtime.signatures import fit_arguments
from konektor.realtime.socketio.cluster import ClusterRooms
from konektor.realtime.socketio.codec import codec
from konektor.realtime.socketio.connection import Connection
from konektor.realtime.socketio.fanout import Fanout
from konektor.realtime.socketio.host import Route
from konektor.realtime.socketio.rooms import Rooms
from konektor.realtime.stats import Stats
from konektor.realtime.upstream_private import UpstreamServer


class Server(UpstreamServer):
    """`.on .event .emit .call .enter_room .leave_room .close_room .rooms .disconnect .get_environ .transport .attach`
    as python-socketio documents them. In addition:

    - The events of one client are handled strictly in order, one at a time. The result of a handler is the ack. Events
      that the handler sent to the client before are delivered before the ack, later ones after it.
    - `push`, `join` and `leave` are `emit`, `enter_room` and `leave_room` as plain functions.
    - A client that is in no namespace for `connect_timeout` is closed.
    - With `redis_url`, `emit`, `enter_room`, `leave_room`, `close_room` and `disconnect` reach the clients of all
      instances; other methods, and events that request an ack, only those of this one. A client's id begins with the
      name of its instance. The application may use `bus` for channels of its own, whose names must not begin with /
      or @; `on_message(channel, payload)`, if set, is called for messages that other instances publish there.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.engine = Engine(options)
        self.fanout = Fanout(self.engine.stats)
        self.cluster = self._clustered() if options.redis_url else None
        self.bus = self.cluster.bus if self.cluster else None
        self.on_message: Callable[[str, bytes], None] | None = None
        self.directory = self.cluster or Rooms(self.fanout, allow_binary=options.allow_binary)
        self.runner = self.engine.runner
        self.eager = EagerStarter(codec.first_step)
        self.tasks = self.runner.tasks
        self._unconnected: FixedDelayQueue[str] = FixedDelayQueue(options.connect_timeout, self._check_connected)
        super().__init__(self.engine, self.directory, options.namespaces)
        self.engine.handlers.clear()  # those of the parent class, which decode leniently
        self.engine.new_sink = self._new_connection

    @property
    def stats(self) -> Stats:
        """The counters of this server."""
        return self.engine.stats

    def attach(self, app: web.Application, socketio_path: str = "socket.io") -> None:
        """Serves `/<socketio_path>/`, and closes when the application shuts down."""
        self.engine.attach(app, socketio_path)
        app.on_startup.append(self._start_up)
        app.on_shutdown.append(self._shut_down)

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
        """Sends an event to the current members of `room`: a room, a client's id, a list of those, or None for all.

        A tuple is several arguments, None is none, any other value that msgspec can encode is one. Clients with an id
        in `skip` are left out. A `droppable` event is not sent to slow clients.
        """
        self.directory.push(event, data, room=room, skip=skip, namespace=namespace, droppable=droppable)

    def framed(self, event: str, data: Any, namespace: str = "/") -> bytes:
        """Encodes an event for `send_frames`: once for several calls, or for another instance."""
        return self.directory.framed(event, data, namespace)

    def send_frames(
        self, frames: bytes, *, room: Any, skip: Container[str] = (), namespace: str = "/", droppable: bool = False
    ) -> None:
        """Sends frames made by `framed`; otherwise like `push`."""
        self.directory.send(frames, room=room, skip=skip, namespace=namespace, droppable=droppable)

    def join(self, sid: str, room: str, namespace: str = "/") -> bool:
        """Puts a client into a room; returns False if the client is gone."""
        return self.directory.join(sid, room, namespace)

    def leave(self, sid: str, room: str, namespace: str = "/") -> None:
        """Takes a client out of a room."""
        self.directory.leave(sid, room, namespace)

    async def disconnect(self, sid: str, namespace: str | None = None, ignore_queue: bool = False) -> None:
        """Disconnects a client from a namespace, and closes its connection if that was its last one."""
        member = self.directory.member(sid, namespace or "/")
        connection = None if member is None else member.socket.sink
        if isinstance(connection, Connection):
            await connection.leave_namespace(namespace or "/", SERVER_DISCONNECT, notify=True, only=sid)
        elif self.cluster is not None and not ignore_queue:
            self.cluster.disconnect_elsewhere(sid, namespace or "/")

    def get_environ(self, sid: str, namespace: str | None = None) -> dict[str, Any] | None:
        """The WSGI environment of the client's handshake, made anew by each call; None if the client is gone."""
        member = self.directory.member(sid, namespace or "/")
        return None if member is None else handshake.environ(member.socket.request, member.socket.remote)

    async def get_session(self, sid: str, namespace: str | None = None) -> dict[str, Any]:
        """The application's own dictionary for a client. Raises KeyError if the client is gone."""
        return self._session(sid, namespace or "/").setdefault(namespace or "/", {})  # type: ignore[no-any-return]

    async def save_session(self, sid: str, session: dict[str, Any], namespace: str | None = None) -> None:
        """Replaces that dictionary. Raises KeyError if the client is gone."""
        self._session(sid, namespace or "/")[namespace or "/"] = session

    async def check_accepting(self) -> None:
        """Raises RuntimeError if the server no longer accepts clients."""
        if self.engine.closing:
            raise RuntimeError("the server is stopping")

    async def drain(self, farewell: Callable[[str], None], *, least: int = 50, slices: int = 50) -> None:
        """Accepts no new clients and closes the existing connections in slices, one every 0.1 s, so that the clients do
        not all reconnect elsewhere at once. Each connection is closed after its received events are acked;
        `farewell(sid)` is called just before and may send an event.

        There are at most `slices` slices of at least `least` connections. `close` must be called afterwards.
        """
        self.engine.closing = True
        leaving = [socket.sink for socket in self.engine.sockets.values() if isinstance(socket.sink, Connection)]
        size = max(least, -(-len(leaving) // slices))
        for start in range(0, len(leaving), size):
            for connection in leaving[start : start + size]:
                connection.close_after_events(farewell)
            await asyncio.sleep(0.1)

    async def close(self, seconds: float) -> None:
        """Accepts no new clients, lets handlers finish for `seconds`, then closes everything. Safe to call twice."""
        self.fanout.flush()
        await self.engine.close(seconds)
        await self._end()

    async def shutdown(self) -> None:
        """Closes at once."""
        await self.close(0)

    def accepts(self, namespace: str) -> bool:
        """Whether clients may connect to `namespace`: it is in the options or has handlers."""
        return (
            namespace in self.options.namespaces or namespace in self.handlers or namespace in self.namespace_handlers
        )

    def resolve(self, namespace: str, event: str, args: tuple[Any, ...]) -> Route | None:
        """The handler of an event with its arguments: a specific one, the catch-all, or the namespace's class."""
        if (handlers := self.handlers.get(namespace)) and event != "*" and (handler := handlers.get(event)) is not None:
            return handler, args
        own = event in self.reserved_events
        for handlers, prefix in ((self.handlers.get(namespace), ()), (self.handlers.get("*"), (namespace,))):
            if not handlers:
                continue
            if event != "*" and (handler := handlers.get(event)) is not None:
                return handler, (*prefix, *args)
            if not own and (handler := handlers.get("*")) is not None:
                return handler, (event, *prefix, *args)
        if (handler := self.namespace_handlers.get(namespace)) is not None:
            method = getattr(handler, f"on_{event}", None) if own else None
            return handler.trigger_event, (event, *(args if method is None else fit_arguments(method, args)))
        return None

    def expect_connect(self, socket: Socket) -> None:
        """Schedules the check that `socket` is in a namespace after the connect timeout."""
        self._unconnected.add(socket.sid)

    def new_id(self) -> str:
        """A new unguessable client id; in a cluster it begins with the name of the instance."""
        return new_id() if self.bus is None else f"{self.bus.instance}-{new_id()}"

    def _new_connection(self, socket: Socket) -> Connection:
        self.expect_connect(socket)
        return Connection(self, socket)

    def _check_connected(self, sid: str) -> None:
        socket = self.engine.sockets.get(sid)
        if socket is not None and isinstance(socket.sink, Connection) and not socket.sink.connected:
            socket.close(TRANSPORT_CLOSE, discard=True)

    def _session(self, sid: str, namespace: str) -> dict[str, Any]:
        member = self.directory.member(sid, namespace)
        if member is None:
            raise KeyError(sid)
        return member.socket.session

    def _clustered(self) -> ClusterRooms:
        options = self.options
        return ClusterRooms(
            self.fanout,
            (options.redis_url or "", f"{options.redis_prefix}:"),
            allow_binary=options.allow_binary,
            disconnect=self._disconnect_local,
            on_app_message=self._bus_message,
        )

    def _bus_message(self, channel: str, payload: bytes) -> None:
        if self.on_message is not None:
            self.on_message(channel, payload)

    def _disconnect_local(self, sid: str, namespace: str) -> None:
        task = asyncio.create_task(self.disconnect(sid, namespace, ignore_queue=True))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _start_up(self, _app: web.Application) -> None:
        if self.bus is not None:
            await self.bus.start()

    async def _end(self) -> None:
        self._unconnected.stop()
        self.eager.stop()
        if self.bus is not None:
            await self.bus.stop()

    async def _shut_down(self, _app: web.Application) -> None:
        await self._end()
