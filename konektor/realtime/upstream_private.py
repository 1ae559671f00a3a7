"""The only place that touches what aiohttp, engineio and socketio call private; the versions are pinned for it."""

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


class Answered(web.StreamResponse):
    """What a handler returns to aiohttp when the connection is no longer aiohttp's to answer on."""

    def __init__(self) -> None:
        super().__init__(status=101)

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Writes nothing."""
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Writes nothing."""


def take_over(request: web.Request) -> tuple[asyncio.Transport, bytes]:
    """The transport of an upgrade request and the bytes that came behind it; aiohttp forgets the connection.

    The caller gives the transport its new protocol at once and returns Answered from the handler. aiohttp believes
    that the connection was lost: it ends its task after the response, frees its parser and does not close the
    transport. Raises ConnectionResetError when the connection is gone already.
    """
    handler = request.protocol
    transport = handler.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError("the client left during the handshake")
    tail = handler._message_tail
    handler._message_tail = b""
    handler.transport = None  # else connection_lost() closes it
    handler.connection_lost(None)
    return transport, tail


class StockEngine(engineio.AsyncServer):
    """engineio's server with its logging kept quiet and its background task never started."""

    def __init__(self) -> None:
        super().__init__(async_mode="aiohttp", logger=logger, monitor_clients=False, cors_allowed_origins=[])


class StockServer(socketio.AsyncServer):
    """socketio's server with our engine and rooms in place of its own."""

    def __init__(
        self, engine: engineio.AsyncServer, manager: socketio.AsyncManager, namespaces: tuple[str, ...]
    ) -> None:
        self._engine = engine
        super().__init__(client_manager=manager, logger=logger, namespaces=list(namespaces))

    def _engineio_server_class(self) -> Any:
        """Called by the parent with its options to make its engine."""
        return lambda **_options: self._engine
