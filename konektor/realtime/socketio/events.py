"""The events of one Socket.IO session: handled strictly in order, each acked with the result of its handler."""

from collections.abc import Awaitable, Callable, Iterable
from types import CoroutineType
from typing import Any

import msgspec

from konektor.realtime.eager import Suspended
from konektor.realtime.engineio.socket import Socket
from konektor.realtime.mailbox import Mailbox
from konektor.realtime.runner import FAILURES, Work, report
from konektor.realtime.socketio import packets
from konektor.realtime.socketio.codec import codec
from konektor.realtime.socketio.host import ConnectionHost, Route
from konektor.realtime.socketio.jobs import EventJob, coalesce_key
from konektor.realtime.socketio.packets import RESERVED, Packet, decode_list

FAILED = "the handler of an event failed"

UNUSUAL = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, LookupError, TypeError)
"""Raised for a malformed event, or without any handler in the namespace."""
GENERAL = frozenset({*RESERVED, "*"})
"""Names whose entry in the table of handlers is not for an event of that name."""

read_event = codec.read_event


class Events:
    """Runs the handlers of a session's events, in `mailbox`, where other jobs of the session can be put in between.

    `sids`: the client's id in each namespace, shared with the connection. A failure is logged, and no ack is sent.
    """

    __slots__ = ("_binary", "_host", "_socket", "mailbox", "sids")

    def __init__(self, host: ConnectionHost, socket: Socket, sids: dict[str, str | None]) -> None:
        self._host = host
        self._socket = socket
        self._binary = host.options.allow_binary
        self.sids = sids
        self.mailbox = Mailbox(host.options.mailbox_events, host.options.mailbox_bytes, host.runner, socket)

    def try_frame(self, data: bytes) -> bool:
        """Handles an event of the main namespace from its frame and acks it at once; see MessageSink.

        Everything out of the ordinary is left to the general path: `put`.
        """
        sid = self.sids.get("/")
        event = read_event(data)
        if event is None or not sid or self.mailbox.busy or self._binary:  # with binary, an attachment may be due
            return False
        number, array = event
        try:
            args = decode_list(array)
            name = args[0]
            handler = self._host.handlers["/"].get(name)
        except UNUSUAL:
            return False
        if handler is not None and name not in GENERAL:
            args[0] = sid
            self._start(handler, args, "/", number, alone=True)
            return True
        if type(name) is not str or name in RESERVED:
            return False
        route = self._host.resolve("/", name, (sid, *args[1:]))
        if route is not None:
            self._start(*route, "/", number, alone=True)
        return True

    def put(self, packet: Packet, size: int) -> None:
        """Handles an event at once if no earlier one is being handled, else queues it."""
        if self.mailbox.busy:
            key = coalesce_key(packet, self._host.options.coalesce)
            self.mailbox.put(EventJob(self._dispatch, packet, size, key))
            return
        route = self._route(packet.namespace, packet.data)
        if route is not None:
            self._start(*route, packet.namespace, packet.number, alone=False)

    def _start(
        self, handler: Callable[..., Any], args: Iterable[Any], namespace: str, number: int | None, *, alone: bool
    ) -> None:
        """Calls a handler while the mailbox is idle. With `alone` the ack does not wait for others of the same turn."""
        mailbox, suspended = self.mailbox, None
        mailbox.busy = True  # what is received while the handler runs must wait
        try:
            result = handler(*args)
            if type(result) is CoroutineType:  # like iscoroutine(), but faster
                result = self._host.eager.start(result)
                if type(result) is Suspended:
                    suspended = result
            if number is not None and suspended is None:
                if alone:
                    self._host.fanout.reply(self._socket, packets.ack_frame(number, result, namespace))
                else:
                    self._ack(namespace, (number,), result)
        except FAILURES as error:
            report(FAILED, error)
        finally:
            if suspended is None:
                mailbox.job_done()
            else:
                numbers = () if number is None else (number,)
                mailbox.job_suspended(suspended, self._finish(namespace, numbers, suspended))

    def _dispatch(self, namespace: str, numbers: tuple[int, ...], data: list[Any]) -> Work | None:
        """Calls the handler of a queued event; returns the rest if it is a coroutine."""
        route = self._route(namespace, data)
        if route is None:
            return None
        handler, args = route
        try:
            result = handler(*args)
            if type(result) is CoroutineType:
                return self._finish(namespace, numbers, result)
            self._ack(namespace, numbers, result)
        except FAILURES as error:
            report(FAILED, error)
        return None

    def _route(self, namespace: str, data: list[Any]) -> Route | None:
        """The handler of an event and its arguments, None if the client has left or there is none."""
        sid = self.sids.get(namespace)
        return self._host.resolve(namespace, data[0], (sid, *data[1:])) if sid else None

    async def _finish(self, namespace: str, numbers: tuple[int, ...], result: Awaitable[Any]) -> None:
        try:
            self._ack(namespace, numbers, await result)
        except FAILURES as error:
            report(FAILED, error)

    def _ack(self, namespace: str, numbers: tuple[int, ...], answer: Any) -> None:
        for number in numbers:
            frames = None
            if self._binary:
                data = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
                frames = packets.binary_frames(packets.ACK, list(data), namespace, number)
            self._host.fanout.send(self._socket, frames or packets.ack_frame(number, answer, namespace))
