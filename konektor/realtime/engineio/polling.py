"""The long-polling transport of a session: a GET returns queued packets, a POST delivers the client's."""

import asyncio
import base64

from aiohttp import hdrs, web

from konektor.realtime.engineio.frames import BINARY, POLICY, Malformed, contents
from konektor.realtime.engineio.handshake import BAD_REQUEST, RefusedRequest
from konektor.realtime.engineio.socket import NOOP, TRANSPORT_CLOSE, TRANSPORT_ERROR, Socket
from konektor.realtime.options import Options

SEPARATOR = "\x1e"
TOO_SLOW = (3, "Request timeout")


async def poll(socket: Socket, request: web.Request) -> web.Response:
    """Responds with the queued packets as soon as there are any.

    A second poll at the same time closes the session, and so does a poll whose connection breaks: packets sent to it
    would be lost without notice.
    """
    if socket.poll is not None:
        socket.close(TRANSPORT_ERROR, discard=True)
        raise RefusedRequest(BAD_REQUEST)
    frames = socket.poll_queue.take(ending=socket.closed)
    if not frames and not socket.closed and not (socket.probe and socket.probe.probed):
        socket.poll = asyncio.get_running_loop().create_future()
        try:
            await socket.poll
        finally:
            socket.poll = None
        if request.transport is None and not socket.closed:
            socket.close(TRANSPORT_CLOSE, discard=True)
            raise RefusedRequest(BAD_REQUEST)
        frames = [] if socket.link is not None else socket.poll_queue.take(ending=socket.closed)
    return payload(frames or [NOOP])


def payload(frames: list[bytes]) -> web.Response:
    """Websocket frames as the packets of one response."""
    packets = [
        b"b" + base64.b64encode(content) if opcode == BINARY else content
        for joined in frames
        for opcode, content in contents(joined)
    ]
    return web.Response(body=SEPARATOR.encode().join(packets), content_type="text/plain", charset="UTF-8")


async def post(socket: Socket, request: web.Request, options: Options) -> web.Response:
    """Handles all packets of a body. A malformed or too large body, or a second POST at the same time, closes the
    session and raises RefusedRequest.
    """
    if socket.posting:
        socket.close_malformed(POLICY)
        raise RefusedRequest(BAD_REQUEST)
    socket.posting = True
    try:
        body = await _body(socket, request, options.body_limit, options.body_timeout)
        await _receive_all(socket, _packets(socket, body, options.max_frame))
    finally:
        socket.posting = False
    return web.Response(text="ok", content_type="text/html")


def _packets(socket: Socket, body: bytes, limit: int) -> list[str]:
    """The packets of a body."""
    try:
        packets = body.decode().split(SEPARATOR)
    except UnicodeDecodeError:
        packets = []
    if not packets or (len(body) > limit and max(map(len, body.split(SEPARATOR.encode()))) > limit):
        socket.close_malformed(POLICY)
        raise RefusedRequest(BAD_REQUEST)
    return packets


async def _receive_all(socket: Socket, packets: list[str]) -> None:
    """Handles packets no faster than the sink accepts them."""
    try:
        for packet in packets:
            if socket.paused and not socket.closed:
                socket.space = asyncio.get_running_loop().create_future()
                await socket.space
            if socket.closed:
                break
            _receive(socket, packet)
    except Malformed:
        socket.close_malformed(POLICY)
        raise RefusedRequest(BAD_REQUEST) from None


def _receive(socket: Socket, packet: str) -> None:
    if packet[:1] != "b":
        socket.receive(packet)
        return
    try:
        content = base64.b64decode(packet[1:], validate=True)
    except ValueError:
        raise Malformed("not base64") from None
    socket.sink.binary(content)


async def _body(socket: Socket, request: web.Request, limit: int, seconds: float) -> bytes:
    """Reads the whole body; one that is too large or too slow closes the session."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            if int(request.headers.get(hdrs.CONTENT_LENGTH, "0")) > limit:
                raise RefusedRequest(BAD_REQUEST)
            async for part in request.content.iter_any():
                size += len(part)
                if size > limit:
                    raise RefusedRequest(BAD_REQUEST)
                parts.append(part)
    except TimeoutError:
        socket.close_malformed(POLICY)
        raise RefusedRequest(TOO_SLOW, 408) from None
    except (web.RequestPayloadError, ConnectionError):
        socket.close_malformed(POLICY)
        raise RefusedRequest(BAD_REQUEST) from None
    except RefusedRequest:
        socket.close_malformed(POLICY)
        raise
    return b"".join(parts)
