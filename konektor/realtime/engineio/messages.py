"""Delivery of messages to the handlers of an Engine.IO server that is used without Socket.IO."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from inspect import iscoroutine
from typing import Any, Protocol

import msgspec

from konektor.realtime.engineio import handshake
from konektor.realtime.engineio.frames import BINARY, Malformed, frame, text_frame
from konektor.realtime.engineio.socket import Socket
from konektor.realtime.mailbox import Mailbox
from konektor.realtime.options import Options
from konektor.realtime.runner import FAILURES, Runner, Work, report
from konektor.realtime.signatures import fit_arguments


class MessageHost(Protocol):
    """The parts of the engine that a sink uses."""

    options: Options
    handlers: Mapping[str, Callable[..., Any]]
    runner: Runner


class HandlerJob:
    """One pending call of a handler."""

    __slots__ = ("_args", "_handler", "key", "size")

    def __init__(self, handler: Callable[..., Any], args: tuple[Any, ...], size: int) -> None:
        self._handler = handler
        self._args = args
        self.size = size
        self.key: Hashable | None = None

    def run(self) -> Work | None:
        """Calls the handler."""
        try:
            result = self._handler(*self._args)
        except FAILURES as error:
            report("an Engine.IO handler failed", error)
            return None
        return _finish(result) if iscoroutine(result) else None

    def merge(self, older: Any) -> None:
        """Never called, because these jobs have no key."""


class HandlerSink:
    """The message sink of one session: every message goes to the `message` handler."""

    __slots__ = ("_host", "_mailbox", "_socket")

    def __init__(self, host: MessageHost, socket: Socket) -> None:
        self._host = host
        self._socket = socket
        self._mailbox = Mailbox(host.options.mailbox_events, host.options.mailbox_bytes, host.runner, socket)

    def try_frame(self, data: bytes) -> bool:
        """Always False: there is no faster way."""
        return False

    def text(self, message: str) -> None:
        """Delivers a text message."""
        self._call("message", message, len(message))

    def binary(self, message: bytes) -> None:
        """Delivers a binary message, if those are allowed."""
        if not self._host.options.allow_binary:
            raise Malformed("binary is not allowed")
        self._call("message", message, len(message))

    def may_receive(self, frames: bytes) -> bool:
        """Always True: without Socket.IO there is no CONNECT."""
        return True

    def closed(self, reason: str, discard: bool) -> None:
        """Calls the `disconnect` handler after the messages that came before."""
        if discard:
            self._mailbox.clear()
        self._call("disconnect", reason, 0)

    def _call(self, event: str, argument: Any, size: int) -> None:
        handler = self._host.handlers.get(event)
        if handler is not None:
            self._mailbox.put(HandlerJob(handler, fit_arguments(handler, (self._socket.sid, argument)), size))

    @staticmethod
    async def connect(host: MessageHost, socket: Socket) -> bool:
        """Whether the `connect` handler accepts the session; an exception rejects it."""
        handler = host.handlers.get("connect")
        if handler is None:
            return True
        try:
            result = handler(socket.sid, handshake.environ(socket.request, socket.remote))
            result = await result if iscoroutine(result) else result
        except FAILURES as error:
            report("the Engine.IO connect handler failed", error)
            return False
        return result is None or result is True

    @staticmethod
    def encode(data: Any) -> bytes:
        """Encodes a message as a frame: text, bytes, or anything else as JSON."""
        if isinstance(data, bytes | bytearray):
            return frame(BINARY, bytes(data))
        return text_frame(b"4" + (data.encode() if isinstance(data, str) else msgspec.json.encode(data)))


async def _finish(result: Awaitable[Any]) -> None:
    try:
        await result
    except FAILURES as error:
        report("an Engine.IO handler failed", error)
