"""The hardened Engine.IO server: it opens, routes, monitors and closes sessions over long-polling and websockets."""

import asyncio
import base64
import logging
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import hdrs, web

from konektor.realtime.delays import FixedDelayQueue
from konektor.realtime.engineio import handshake, polling
from konektor.realtime.engineio.addresses import AddressRateLimit
from konektor.realtime.engineio.frames import NORMAL
from konektor.realtime.engineio.handshake import EngineRequest, RefusedRequest
from konektor.realtime.engineio.interfaces import MessageSink
from konektor.realtime.engineio.messages import HandlerSink
from konektor.realtime.engineio.socket import SERVER_DISCONNECT, TRANSPORT_CLOSE, Socket
from konektor.realtime.engineio.websocket import CLOSE_TIMEOUT, WebSocket
from konektor.realtime.options import Options
from konektor.realtime.runner import Runner
from konektor.realtime.stats import Stats
from konektor.realtime.upstream_private import AlreadySent, UpstreamEngine, take_over

logger = logging.getLogger("konektor.realtime")

SHUTDOWN_GRACE = 1.0
"""Seconds for running handlers if the application shuts down without a call of `close`."""

TOO_MANY = (3, "Too many connections")


class Engine(UpstreamEngine):
    """An `engineio.AsyncServer`: `.on .send .attach .disconnect` as python-engineio documents them.

    `sockets`: the open sessions by id. Handlers of one session run in order, one at a time.
    """

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options
        self.stats = Stats()
        self.sockets: dict[str, Socket] = {}
        self.runner = Runner()
        self.tasks = self.runner.tasks
        self.new_sink: Callable[[Socket], MessageSink] = lambda socket: HandlerSink(self, socket)
        self.closing = False
        self.closing_links: dict[WebSocket, asyncio.Future[None]] = {}
        self._lingering: dict[str, Socket] = {}
        self._proxies = options.proxies
        self._rate = None if options.handshakes_per_second is None else AddressRateLimit(options.handshakes_per_second)
        self.stalls: FixedDelayQueue[tuple[WebSocket, int]] = FixedDelayQueue(
            options.cut_after, lambda late: late[0].check_stall(late[1])
        )
        self.probes: FixedDelayQueue[WebSocket] = FixedDelayQueue(options.upgrade_timeout, WebSocket.check_probe)
        self._pings: FixedDelayQueue[str] = FixedDelayQueue(options.ping_interval, self._ping)
        self._heartbeats: FixedDelayQueue[tuple[str, int]] = FixedDelayQueue(
            options.ping_interval + options.ping_timeout, self._check_alive
        )
        self._lingering_expiry: FixedDelayQueue[str] = FixedDelayQueue(options.upgrade_timeout, self._drop_lingering)

    def attach(self, app: web.Application, engineio_path: str = "engine.io") -> None:
        """Serves `/<engineio_path>/` and closes when the application shuts down."""
        app.router.add_route("*", f"/{engineio_path.strip('/')}/", self.handle_request)
        app.on_shutdown.append(self._shut_down)

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Responds to one HTTP request; the response to a websocket upgrade is written here and not by aiohttp."""
        try:
            if request.method == hdrs.METH_OPTIONS:
                response: web.StreamResponse = web.Response(status=204)
            else:
                response = await self._respond(request)
        except RefusedRequest as refused:
            self.stats.refused += 1
            response = refused.response()
        if not isinstance(response, AlreadySent):
            response.headers.update(handshake.cors_headers(request, self.options.origins))
            response.headers[hdrs.CACHE_CONTROL] = "no-store"
        return response

    async def send(self, sid: str, data: Any) -> None:
        """Sends a message: str, bytes, or anything else as JSON. Ignored for an unknown session."""
        socket = self.sockets.get(sid)
        if socket is not None:
            socket.send_buffered([(HandlerSink.encode(data), False)])

    async def disconnect(self, sid: str | None = None) -> None:
        """Closes one session, or all of them."""
        for socket in list(self.sockets.values()) if sid is None else filter(None, [self.sockets.get(sid)]):
            socket.close(SERVER_DISCONNECT)

    def transport(self, sid: str) -> str:
        """`"polling"` or `"websocket"`. Raises KeyError for an unknown session."""
        return "websocket" if self.sockets[sid].upgraded else "polling"

    async def shutdown(self) -> None:
        """Closes at once."""
        await self.close(0)

    async def close(self, seconds: float) -> None:
        """Accepts no new sessions, lets handlers finish for `seconds`, then closes everything. Safe to call twice."""
        self.closing = True
        until = asyncio.get_running_loop().time() + seconds
        for socket in list(self.sockets.values()):
            socket.stop_reading()
        await self._wait_for_handlers(until)  # events being handled are acked before their connection closes
        for socket in list(self.sockets.values()):
            socket.close(SERVER_DISCONNECT)
        await self._wait_for_handlers(until)  # disconnect handlers run
        await asyncio.sleep(0)  # cancelling a task before its first step would lose the coroutines it has queued
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self._wait_for_closing_links()
        for delay in (self.stalls, self.probes, self._pings, self._heartbeats, self._lingering_expiry):
            delay.stop()

    async def _wait_for_closing_links(self) -> None:
        """Waits until closed peers have read what was sent to them, then aborts the others."""
        if self.closing_links:
            await asyncio.wait(self.closing_links.values(), timeout=CLOSE_TIMEOUT)
        for link in self.closing_links:
            link.transport.abort()
        await asyncio.sleep(0)  # aborted transports close in the next turn of the event loop

    def schedule_heartbeat(self, sid: str, heartbeat: int) -> None:
        """Schedules the next PING of a session and the check that it was answered in time."""
        self._pings.add(sid)
        self._heartbeats.add((sid, heartbeat))

    def remove_socket(self, sid: str, linger: bool) -> None:
        """Removes a closed session; with `linger` further polls may fetch its last packets."""
        socket = self.sockets.pop(sid, None)
        if socket is None:
            return
        self.stats.sockets -= 1
        if linger:
            self._lingering[sid] = socket
            self._lingering_expiry.add(sid)

    def _ping(self, sid: str) -> None:
        if (socket := self.sockets.get(sid)) is not None:
            socket.ping()

    def _drop_lingering(self, sid: str) -> None:
        self._lingering.pop(sid, None)

    def _check_alive(self, late: tuple[str, int]) -> None:
        if (socket := self.sockets.get(late[0])) is not None:
            socket.check_alive(late[1])

    async def _wait_for_handlers(self, until: float) -> None:
        """Waits for the running handlers until the loop's clock shows `until`."""
        while self.tasks and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self.tasks, timeout=left)

    async def _shut_down(self, _app: web.Application) -> None:
        await self.close(SHUTDOWN_GRACE)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        self._heartbeats.catch_up()  # a session past its timeout is unknown, even if the timer is late
        sid = request.query.get("sid")
        if sid in self._lingering and request.method == hdrs.METH_GET:
            backlog = self._lingering[sid].poll_queue
            words = backlog.take(ending=True)
            if not backlog:
                del self._lingering[sid]
            return polling.payload(words)
        asked = handshake.parse(request, self.sockets)
        if asked.sid is None:
            return await self._open(request, asked)
        socket = self.sockets[asked.sid]
        if asked.key is not None:
            return self._probe(request, asked.key, socket)
        if socket.upgraded:
            raise RefusedRequest(handshake.BAD_REQUEST)
        if asked.method == hdrs.METH_POST:
            return await polling.post(socket, request, self.options)
        return await polling.poll(socket, request)

    async def _open(self, request: web.Request, asked: EngineRequest) -> web.StreamResponse:
        """Opens a session, unless there are too many or the application rejects it."""
        remote = handshake.client_address(request, self._proxies)
        self._admit(remote)
        route = handshake.route(request, self.options.route_header, self._proxies)
        socket = Socket(self, route + new_id(), request, remote)
        if not await self._accepted(socket):
            raise RefusedRequest(handshake.FORBIDDEN, 401)
        self.sockets[socket.sid] = socket
        self.stats.sockets += 1
        self.stats.handshakes += 1
        socket.sink = self.new_sink(socket)
        self.schedule_heartbeat(socket.sid, 0)
        if asked.key is None:
            return polling.payload([handshake.open_frame(socket.sid, ["websocket"], self.options)])
        try:
            transport, tail = take_over(request)
        except ConnectionResetError:
            socket.close(TRANSPORT_CLOSE)
            return AlreadySent()
        offered = request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "")
        transport.write(
            handshake.switching_protocols(asked.key, offered) + handshake.open_frame(socket.sid, [], self.options)
        )
        link = WebSocket(self, socket, transport, probe=False)
        socket.upgrade(link)
        link.start(tail)
        return AlreadySent()

    def _admit(self, remote: str) -> None:
        """Raises RefusedRequest if a limit of sessions is reached."""
        if self.closing or (self.options.max_sockets is not None and self.stats.sockets >= self.options.max_sockets):
            raise RefusedRequest(TOO_MANY, 503)
        if self._rate is not None and not self._rate.allows(remote, asyncio.get_running_loop().time()):
            raise RefusedRequest(TOO_MANY, 429)

    async def _accepted(self, socket: Socket) -> bool:
        """Asks the application's Engine.IO connect handler; there is none under Socket.IO."""
        return await HandlerSink.connect(self, socket)

    def _probe(self, request: web.Request, key: str, socket: Socket) -> web.StreamResponse:
        """Accepts a websocket to which a polling session may upgrade; closes it if the session has one already."""
        try:
            transport, tail = take_over(request)
        except ConnectionResetError:
            return AlreadySent()
        transport.write(handshake.switching_protocols(key, request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "")))
        link = WebSocket(self, socket, transport, probe=True)
        if socket.upgraded or socket.probe is not None:
            self.stats.refused += 1  # but with a close frame, as the protocol's test suite and the Node.js server do
            link.close(NORMAL, linger=True)
        else:
            socket.probe = link
            link.start(tail)
        return AlreadySent()


def new_id() -> str:
    """120 random bits as 20 URL-safe characters."""
    return base64.urlsafe_b64encode(secrets.token_bytes(15)).decode()
