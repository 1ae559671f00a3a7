"""The only module that uses private names of aiohttp, engineio and socketio, whose versions are pinned for it."""

import asyncio
import logging
from typing import Any

import engineio
import socketio
from aiohttp import web
from aiohttp._websocket.helpers import websocket_mask
from aiohttp.abc import AbstractStreamWriter

logger = logging.getLogger("konektor.realtime")


def unmasked(mask: bytes, payload: bytes) -> bytearray:
    """`payload` exclusive-or the repeated four bytes of `mask` (RFC 6455, section 5.3)."""
    octets = bytearray(payload)
    websocket_mask(mask, octets)
    return octets


class AlreadySent(web.StreamResponse):
    """Returned to aiohttp by a handler that has taken the connection over and responded itself."""

    def __init__(self) -> None:
        super().__init__(status=101)

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Writes nothing."""
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Writes nothing."""


def take_over(request: web.Request) -> tuple[asyncio.Transport, bytes]:
    """Takes the connection of an upgrade request from aiohttp: its transport, and bytes received after the request.

    The caller must set a new protocol on the transport at once and return AlreadySent from the handler. aiohttp then
    believes that the connection was lost: it ends its task after the response, frees its parser and does not close
    the transport. Raises ConnectionResetError if the connection is already closed.
    """
    handler = request.protocol
    transport = handler.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError("the client left during the handshake")
    tail = handler._message_tail
    handler._message_tail = b""
    handler.transport = None  # otherwise connection_lost() would close it
    handler.connection_lost(None)
    return transport, tail


class UpstreamEngine(engineio.AsyncServer):
    """engineio's server without its log output and background task."""

    def __init__(self) -> None:
        super().__init__(async_mode="aiohttp", logger=logger, monitor_clients=False, cors_allowed_origins=[])


class UpstreamServer(socketio.AsyncServer):
    """socketio's server with our engine and client manager in place of its own."""

    def __init__(
        self, engine: engineio.AsyncServer, manager: socketio.AsyncManager, namespaces: tuple[str, ...]
    ) -> None:
        self._engine = engine
        super().__init__(client_manager=manager, logger=logger, namespaces=list(namespaces))

    def _engineio_server_class(self) -> Any:
        """Called by the parent class to create its engine."""
        return lambda **_options: self._engine
