"""The Socket.IO side of one session: its namespaces, and its events in order."""

from collections.abc import Awaitable, Callable
from inspect import iscoroutine
from types import CoroutineType
from typing import Any

from msgspec.structs import replace

from konektor.realtime.socketio import packets
from konektor.realtime.engineio.frames import POLICY, PROTOCOL_ERROR, Malformed
from konektor.realtime.socketio.host import Home, awaited, call, refusal
from konektor.realtime.socketio.jobs import Event, Task, key_of
from konektor.realtime.mailbox import Mailbox
from konektor.realtime.socketio.packets import Packet, Reserved
from konektor.realtime.runner import FAILURES, Work, report
from konektor.realtime.engineio.socket import CLIENT_DISCONNECT, SERVER_DISCONNECT, Socket

PATIENCE = 20
"""CONNECTs of one client that may be refused; whoever goes on is asking for nothing but work."""


class Connection:
    """The inlet of a session under Socket.IO. `sids`: its id in each namespace it ever joined, None when not in it."""

    __slots__ = ("_attachments", "_home", "_mailbox", "_partial", "_refused", "_welcoming", "sids", "socket")

    def __init__(self, home: Home, socket: Socket) -> None:
        self._home = home
        self.socket = socket
        self.sids: dict[str, str | None] = {}
        self._mailbox = Mailbox(home.options.mailbox_events, home.options.mailbox_bytes, home.runner, socket)
        self._partial: tuple[Packet, int] | None = None
        self._attachments: list[bytes] = []
        self._welcoming: str | None = None
        self._refused = 0

    @property
    def connected(self) -> bool:
        """Whether it is in a namespace, or may be soon."""
        return self._mailbox.busy or any(self.sids.values())

    def text(self, message: str) -> None:
        """One Socket.IO packet."""
        if self._partial is not None:
            raise Malformed("text among attachments")
        try:
            packet = packets.decode(message)
        except Reserved as broken:
            self._answer_reserved(broken.packet)
            raise
        if packet.kind == packets.EVENT and packet.namespace in self.sids:
            self._event(packet, len(message))
        elif packet.kind == packets.CONNECT:
            self._connect(packet)
        elif packet.namespace not in self.sids:
            raise Malformed("not connected to this namespace")
        elif packet.kind in (packets.BINARY_EVENT, packets.BINARY_ACK):
            self._expect_attachments(packet, len(message))
        else:
            self._handle(packet, len(message))

    def binary(self, message: bytes) -> None:
        """One attachment of the packet before it."""
        if self._partial is None:
            raise Malformed("an attachment of nothing")
        packet, size = self._partial
        self._attachments.append(message)
        if len(self._attachments) == packet.attachments:
            attachments, self._attachments, self._partial = self._attachments, [], None
            whole = replace(packet, data=packets.with_attachments(packet.data, attachments), kind=packet.kind - 3)
            self._handle(whole, size + sum(map(len, attachments)))

    def hears(self, frames: bytes) -> bool:
        """Not what was said in a namespace that the client has not been let into."""
        return self._welcoming is None or packets.namespace_of(frames) != self._welcoming

    def closed(self, reason: str, discard: bool) -> None:
        """Tells the disconnect handlers after what came before."""
        if discard:
            self._mailbox.clear()
        self._mailbox.put(Task(lambda: self._leave_all(reason)))

    def retire(self, farewell: Callable[[str], None]) -> None:
        """Reads no more, and closes behind the answers to what was read; `farewell` may send something before."""
        self.socket.retire()
        self._mailbox.put(Task(lambda: self._say_farewell(farewell)))

    def _say_farewell(self, farewell: Callable[[str], None]) -> None:
        for sid in filter(None, self.sids.values()):
            farewell(sid)
        self._home.fanout.flush()
        # Not a disconnect packet: a client that is told to go does not come back by itself, elsewhere.
        self.socket.close(SERVER_DISCONNECT)

    def dispatch(self, namespace: str, numbers: tuple[int, ...], data: list[Any]) -> Work | None:
        """Calls the handler of an event; what it returns is the ack. A failure is logged and leaves the ack out."""
        sid = self.sids.get(namespace)
        route = self._home.resolve(namespace, data[0], (sid, *data[1:])) if sid else None
        if route is None:
            return None
        handler, args = route
        try:
            result = handler(*args)
            if type(result) is CoroutineType:  # what iscoroutine() says, without its price on every event
                return self._finish(namespace, numbers, result)
            if numbers:
                self._ack(namespace, numbers, result)
        except FAILURES as error:
            report("the handler of an event failed", error)
        return None

    async def leave(self, namespace: str, reason: str, *, tell: bool = False, only: str = "") -> None:
        """The client leaves a namespace, once. With `tell` it is told, and closed when this was its last one.

        Nothing happens when it is there by another id than `only`.
        """
        sid = self.sids.get(namespace)
        member = self._home.directory.member(sid, namespace) if sid else None
        if not sid or member is None or only not in ("", sid):
            return
        self.sids[namespace] = None
        member.connected = False
        if tell:
            self._home.fanout.send(self.socket, packets.disconnect_frame(namespace))
        try:
            await call(self._home, namespace, "disconnect", (sid, reason))
        except FAILURES as error:
            report("a disconnect handler failed", error)
        finally:
            self._home.directory.remove(namespace, sid)
        if any(self.sids.values()) or self.socket.closed:
            return
        if tell:
            self._home.fanout.flush()
            self.socket.close(SERVER_DISCONNECT)
        else:
            self._home.expect_connect(self.socket)

    def _answer_reserved(self, packet: Packet) -> None:
        """Acks an event with a reserved name, if the application wants that, before the connection ends for it."""
        answer = self._home.options.reserved_answer
        if answer is not None and packet.number is not None and self.sids.get(packet.namespace):
            self._home.fanout.flush()
            self.socket.send_first(packets.ack_frame(packet.number, answer, packet.namespace))

    def _connect(self, packet: Packet) -> None:
        namespace = packet.namespace
        if not self._home.accepts(namespace):
            self._home.fanout.flush()
            self.socket.send_first(packets.connect_error_frame(namespace, {"message": "Invalid namespace"}))
            self._count_refusal()
            return
        self.sids.setdefault(namespace, None)
        self._mailbox.put(Task(lambda: self._welcome(namespace, packet.data)))

    async def _welcome(self, namespace: str, auth: dict[str, Any] | None) -> None:
        """Asks the application; whatever it sends to the client meanwhile goes out behind the answer."""
        if self.sids[namespace]:
            self.socket.malformed(PROTOCOL_ERROR)  # connected already
            return
        home, sid = self._home, self._home.new_id()
        home.directory.add(namespace, sid, self.socket)
        self._welcoming = namespace
        self.socket.hold()
        try:
            error = await refusal(home, self.socket, namespace, (sid, auth))
        except BaseException:
            home.directory.remove(namespace, sid)
            raise
        home.fanout.flush()
        if error is None:
            self.sids[namespace] = sid
            self._welcoming = None
            member = home.directory.member(sid, namespace)
            if member is not None:
                member.connected = True
            self.socket.release(packets.connect_frame(namespace, sid))
        else:
            home.directory.remove(namespace, sid)
            self.socket.release(packets.connect_error_frame(namespace, error))
            self._welcoming = None
            self._count_refusal()
            if not any(self.sids.values()):
                home.expect_connect(self.socket)

    def _count_refusal(self) -> None:
        self._refused += 1
        if self._refused >= PATIENCE:
            self.socket.malformed(POLICY)

    def _expect_attachments(self, packet: Packet, size: int) -> None:
        if not self._home.options.allow_binary:
            raise Malformed("binary is not allowed")
        if packet.attachments:
            self._partial = packet, size
        else:
            self._handle(replace(packet, kind=packet.kind - 3), size)

    def _handle(self, packet: Packet, size: int) -> None:
        """Queues an event, handles an ack at once, lets a client leave after what it sent before."""
        if packet.kind == packets.EVENT:
            self._event(packet, size)
        elif packet.kind == packets.ACK:
            self._answered(packet)
        else:
            self._mailbox.put(Task(lambda: self.leave(packet.namespace, CLIENT_DISCONNECT)))

    def _event(self, packet: Packet, size: int) -> None:
        """Handles an event now when nothing goes before it; most do not wait."""
        if self._mailbox.busy:
            self._mailbox.put(Event(self.dispatch, packet, size, key_of(packet, self._home.options.coalesce)))
            return
        numbers = () if packet.number is None else (packet.number,)
        rest = self.dispatch(packet.namespace, numbers, packet.data)
        if rest is not None:
            self._mailbox.begin(rest)

    def _answered(self, packet: Packet) -> None:
        sid = self.sids[packet.namespace]
        if not sid or packet.number is None:
            return
        try:
            result = self._home.directory.answered(sid, packet.namespace, packet.number, packet.data)
        except FAILURES as error:
            report("the callback of an ack failed", error)
            return
        if iscoroutine(result):  # not behind the events: one of them may wait for it
            self._home.runner.start(awaited(result))

    async def _finish(self, namespace: str, numbers: tuple[int, ...], result: Awaitable[Any]) -> None:
        try:
            answer = await result
            if numbers:
                self._ack(namespace, numbers, answer)
        except FAILURES as error:
            report("the handler of an event failed", error)

    def _ack(self, namespace: str, numbers: tuple[int, ...], answer: Any) -> None:
        for number in numbers:
            frames = None
            if self._home.options.allow_binary:
                data = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
                frames = packets.binary_frames(packets.ACK, list(data), namespace, number)
            self._home.fanout.send(self.socket, frames or packets.ack_frame(number, answer, namespace))

    async def _leave_all(self, reason: str) -> None:
        for namespace in list(self.sids):
            await self.leave(namespace, reason)
