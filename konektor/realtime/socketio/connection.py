"""The Socket.IO side of one session: its namespaces, with its events handled in order."""

from collections.abc import Callable
from inspect import iscoroutine
from typing import Any

from msgspec.structs import replace

from konektor.realtime.engineio.frames import POLICY, PROTOCOL_ERROR, Malformed
from konektor.realtime.engineio.socket import CLIENT_DISCONNECT, SERVER_DISCONNECT, Socket
from konektor.realtime.runner import FAILURES, report
from konektor.realtime.socketio import packets
from konektor.realtime.socketio.events import Events
from konektor.realtime.socketio.host import ConnectionHost, call_handler, connect_error, run_callback
from konektor.realtime.socketio.jobs import InternalJob
from konektor.realtime.socketio.packets import Packet, Reserved

MAX_REFUSED_CONNECTS = 20
"""Rejected CONNECTs after which a connection is closed, because each costs an authentication."""


class Connection:
    """The message sink of a Socket.IO session. `sids`: its id in each namespace it ever joined, None if it has left."""

    __slots__ = (
        "_attachments", "_connecting", "_events", "_host", "_mailbox", "_partial", "_refused", "sids", "socket",
        "try_frame",
    )  # fmt: skip

    def __init__(self, host: ConnectionHost, socket: Socket) -> None:
        self._host = host
        self.socket = socket
        self.sids: dict[str, str | None] = {}
        self._events = Events(host, socket, self.sids)
        self._mailbox = self._events.mailbox
        self.try_frame = self._events.try_frame
        self._partial: tuple[Packet, int] | None = None
        self._attachments: list[bytes] = []
        self._connecting: str | None = None
        self._refused = 0

    @property
    def connected(self) -> bool:
        """Whether the client is in a namespace, or a CONNECT may still be pending."""
        return self._mailbox.busy or any(self.sids.values())

    def text(self, message: str) -> None:
        """Handles a Socket.IO packet."""
        if self._partial is not None:
            raise Malformed("text instead of an attachment")
        try:
            packet = packets.decode(message)
        except Reserved as broken:
            self._answer_reserved(broken.packet)
            raise
        if packet.kind == packets.EVENT and packet.namespace in self.sids:
            self._events.put(packet, len(message))
        elif packet.kind == packets.CONNECT:
            self._connect(packet)
        elif packet.namespace not in self.sids:
            raise Malformed("not connected to this namespace")
        elif packet.kind in (packets.BINARY_EVENT, packets.BINARY_ACK):
            self._expect_attachments(packet, len(message))
        else:
            self._handle(packet, len(message))

    def binary(self, message: bytes) -> None:
        """Handles an attachment of the preceding packet."""
        if self._partial is None:
            raise Malformed("unexpected attachment")
        packet, size = self._partial
        self._attachments.append(message)
        if len(self._attachments) == packet.attachments:
            attachments, self._attachments, self._partial = self._attachments, [], None
            whole = replace(packet, data=packets.with_attachments(packet.data, attachments), kind=packet.kind - 3)
            self._handle(whole, size + sum(map(len, attachments)))

    def may_receive(self, frames: bytes) -> bool:
        """False for frames of a namespace that has not accepted the client yet."""
        return self._connecting is None or packets.namespace_of(frames) != self._connecting

    def closed(self, reason: str, discard: bool) -> None:
        """Calls the disconnect handlers after the events that came before."""
        if discard:
            self._mailbox.clear()
        self._mailbox.put(InternalJob(lambda: self._leave_all(reason)))

    def close_after_events(self, farewell: Callable[[str], None]) -> None:
        """Stops reading, acks the events already read, calls `farewell(sid)` and closes the connection."""
        self.socket.stop_reading()
        self._mailbox.put(InternalJob(lambda: self._close_now(farewell)))

    def _close_now(self, farewell: Callable[[str], None]) -> None:
        for sid in filter(None, self.sids.values()):
            farewell(sid)
        self._host.fanout.flush()
        # Without a disconnect packet: after one, clients would not reconnect (to another instance) by themselves.
        self.socket.close(SERVER_DISCONNECT)

    async def leave_namespace(self, namespace: str, reason: str, *, notify: bool = False, only: str = "") -> None:
        """Removes the client from a namespace. With `notify` the client is informed, and its connection is closed if
        this was its last namespace.

        Has no effect if it has left already, or connected again with another id than `only`.
        """
        sid = self.sids.get(namespace)
        member = self._host.directory.member(sid, namespace) if sid else None
        if not sid or member is None or only not in ("", sid):
            return
        self.sids[namespace] = None
        member.connected = False
        if notify:
            self._host.fanout.send(self.socket, packets.disconnect_frame(namespace))
        try:
            await call_handler(self._host, namespace, "disconnect", (sid, reason))
        except FAILURES as error:
            report("a disconnect handler failed", error)
        finally:
            self._host.directory.remove(namespace, sid)
        if any(self.sids.values()) or self.socket.closed:
            return
        if notify:
            self._host.fanout.flush()
            self.socket.close(SERVER_DISCONNECT)
        else:
            self._host.expect_connect(self.socket)

    def _answer_reserved(self, packet: Packet) -> None:
        """Acks an event with a reserved name, if the options say so, before the connection is closed for it."""
        answer = self._host.options.reserved_answer
        if answer is not None and packet.number is not None and self.sids.get(packet.namespace):
            self._host.fanout.flush()
            self.socket.send_first(packets.ack_frame(packet.number, answer, packet.namespace))

    def _connect(self, packet: Packet) -> None:
        namespace = packet.namespace
        if not self._host.accepts(namespace):
            self._host.fanout.flush()
            self.socket.send_first(packets.connect_error_frame(namespace, {"message": "Invalid namespace"}))
            self._count_refusal()
            return
        self.sids.setdefault(namespace, None)
        self._mailbox.put(InternalJob(lambda: self._accept(namespace, packet.data)))

    async def _accept(self, namespace: str, auth: dict[str, Any] | None) -> None:
        """Asks the application to accept a CONNECT; what it sends to the client meanwhile is sent after the answer."""
        if self.sids[namespace]:
            self.socket.close_malformed(PROTOCOL_ERROR)  # connected already
            return
        host, sid = self._host, self._host.new_id()
        host.directory.add(namespace, sid, self.socket)
        self._connecting = namespace
        self.socket.hold()
        try:
            error = await connect_error(host, self.socket, namespace, (sid, auth))
        except BaseException:
            host.directory.remove(namespace, sid)
            raise
        host.fanout.flush()
        if error is None:
            self.sids[namespace] = sid
            self._connecting = None
            member = host.directory.member(sid, namespace)
            if member is not None:
                member.connected = True
            self.socket.release(packets.connect_frame(namespace, sid))
        else:
            host.directory.remove(namespace, sid)
            self.socket.release(packets.connect_error_frame(namespace, error))
            self._connecting = None
            self._count_refusal()
            if not any(self.sids.values()):
                host.expect_connect(self.socket)

    def _count_refusal(self) -> None:
        self._refused += 1
        if self._refused >= MAX_REFUSED_CONNECTS:
            self.socket.close_malformed(POLICY)

    def _expect_attachments(self, packet: Packet, size: int) -> None:
        if not self._host.options.allow_binary:
            raise Malformed("binary is not allowed")
        if packet.attachments:
            self._partial = packet, size
        else:
            self._handle(replace(packet, kind=packet.kind - 3), size)

    def _handle(self, packet: Packet, size: int) -> None:
        """Queues events and disconnects, which are handled in order; handles acks at once."""
        if packet.kind == packets.EVENT:
            self._events.put(packet, size)
        elif packet.kind == packets.ACK:
            self._handle_ack(packet)
        else:
            self._mailbox.put(InternalJob(lambda: self.leave_namespace(packet.namespace, CLIENT_DISCONNECT)))

    def _handle_ack(self, packet: Packet) -> None:
        sid = self.sids[packet.namespace]
        if not sid or packet.number is None:
            return
        try:
            result = self._host.directory.run_ack_callback(sid, packet.namespace, packet.number, packet.data)
        except FAILURES as error:
            report("the callback of an ack failed", error)
            return
        if iscoroutine(result):  # not through the mailbox: the event being handled may wait for this callback
            self._host.runner.start(run_callback(result))

    async def _leave_all(self, reason: str) -> None:
        for namespace in list(self.sids):
            await self.leave_namespace(namespace, reason)
