"""The hardened Engine.IO server: sessions from HTTP requests, over long-polling and websockets, with heartbeats."""

import asyncio
import base64
import logging
import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import hdrs, web

from konektor.realtime.engineio import handshake, polling
from konektor.realtime.engineio.addresses import Rate
from konektor.realtime.delays import Delay
from konektor.realtime.engineio.frames import text_frame
from konektor.realtime.engineio.handshake import Call, RefusedRequest
from konektor.realtime.engineio.messages import Messages
from konektor.realtime.options import Options
from konektor.realtime.engineio.interfaces import Inlet
from konektor.realtime.runner import Runner
from konektor.realtime.engineio.socket import SERVER_DISCONNECT, TRANSPORT_CLOSE, Socket
from konektor.realtime.stats import Stats
from konektor.realtime.upstream_private import Answered, StockEngine, take_over
from konektor.realtime.engineio.websocket import LINGER, WebSocket

logger = logging.getLogger("konektor.realtime")

GRACE = 1.0
"""Seconds for running handlers when the application shuts down without having closed the server."""

TOO_MANY = (3, "Too many connections")


class Engine(StockEngine):
    """An `engineio.AsyncServer`: `.on .send .attach .disconnect` as python-engineio documents them.

    `sockets` are the open sessions by id. Handlers of one session run in order, one at a time.
    """

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options
        self.stats = Stats()
        self.sockets: dict[str, Socket] = {}
        self.runner = Runner()
        self.tasks = self.runner.tasks
        self.new_inlet: Callable[[Socket], Inlet] = lambda socket: Messages(self, socket)
        self.closing = False
        self.leaving: dict[WebSocket, asyncio.Future[None]] = {}
        self._lingering: dict[str, Socket] = {}
        self._proxies = options.proxies
        self._rate = None if options.handshakes_per_second is None else Rate(options.handshakes_per_second)
        self.stalls: Delay[tuple[WebSocket, int]] = Delay(options.cut_after, lambda late: late[0].check_stall(late[1]))
        self.probes: Delay[WebSocket] = Delay(options.upgrade_timeout, WebSocket.check_probe)
        self._pings: Delay[str] = Delay(options.ping_interval, self._ping)
        self._lives: Delay[tuple[str, int]] = Delay(options.ping_interval + options.ping_timeout, self._check_life)
        self._last_words: Delay[str] = Delay(options.upgrade_timeout, self._drop_last_words)

    def attach(self, app: web.Application, engineio_path: str = "engine.io") -> None:
        """Serves every method of `/<engineio_path>/`, and closes when the application shuts down."""
        app.router.add_route("*", f"/{engineio_path.strip('/')}/", self.handle_request)
        app.on_shutdown.append(self._shut_down)

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """The answer to one HTTP request; that to a websocket upgrade is written here and never by aiohttp."""
        try:
            if request.method == hdrs.METH_OPTIONS:
                response: web.StreamResponse = web.Response(status=204)
            else:
                response = await self._answer(request)
        except RefusedRequest as refused:
            self.stats.refused += 1
            response = refused.response()
        if not isinstance(response, Answered):
            response.headers.update(handshake.cors_headers(request, self.options.origins))
            response.headers[hdrs.CACHE_CONTROL] = "no-store"
        return response

    async def send(self, sid: str, data: Any) -> None:
        """Sends a message: str, bytes, or anything else as JSON. To an unknown session nothing is sent."""
        socket = self.sockets.get(sid)
        if socket is not None:
            socket.later([(Messages.encode(data), False)])

    async def disconnect(self, sid: str | None = None) -> None:
        """Ends one session, or all of them."""
        for socket in list(self.sockets.values()) if sid is None else filter(None, [self.sockets.get(sid)]):
            socket.close(SERVER_DISCONNECT)

    def transport(self, sid: str) -> str:
        """`"polling"` or `"websocket"`. Raises KeyError for an unknown session."""
        return "websocket" if self.sockets[sid].upgraded else "polling"

    async def shutdown(self) -> None:
        """Closes at once."""
        await self.close(0)

    async def close(self, seconds: float) -> None:
        """Takes no new sessions, lets handlers finish for `seconds`, then ends everything. Safe to call twice."""
        self.closing = True
        until = asyncio.get_running_loop().time() + seconds
        for socket in list(self.sockets.values()):
            socket.retire()
        await self._finish(until)  # what was begun is answered
        for socket in list(self.sockets.values()):
            socket.close(SERVER_DISCONNECT)
        await self._finish(until)  # the application hears who left
        await asyncio.sleep(0)  # a task that never began could not cancel what it holds
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self._see_off()
        for delay in (self.stalls, self.probes, self._pings, self._lives, self._last_words):
            delay.stop()

    async def _see_off(self) -> None:
        """Gives those who were let go the time to read why, and cuts who does not."""
        if self.leaving:
            await asyncio.wait(self.leaving.values(), timeout=LINGER)
        for link in self.leaving:
            link.transport.abort()
        await asyncio.sleep(0)  # that is when they close

    def expect_life(self, sid: str, beat: int) -> None:
        """Pings the session after the ping interval; after the ping timeout it must have answered."""
        self._pings.add(sid)
        self._lives.add((sid, beat))

    def forget(self, sid: str, linger: bool) -> None:
        """Drops a closed session; with `linger` one more poll may fetch its last words."""
        socket = self.sockets.pop(sid, None)
        if socket is None:
            return
        self.stats.sockets -= 1
        if linger:
            self._lingering[sid] = socket
            self._last_words.add(sid)

    def _ping(self, sid: str) -> None:
        if (socket := self.sockets.get(sid)) is not None:
            socket.ping()

    def _drop_last_words(self, sid: str) -> None:
        self._lingering.pop(sid, None)

    def _check_life(self, late: tuple[str, int]) -> None:
        if (socket := self.sockets.get(late[0])) is not None:
            socket.check_life(late[1])

    async def _finish(self, until: float) -> None:
        """Waits for the running handlers until the loop's clock shows `until`."""
        while self.tasks and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self.tasks, timeout=left)

    async def _shut_down(self, _app: web.Application) -> None:
        await self.close(GRACE)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self._lives.catch_up()  # a session past its time is unknown, even when its timer is late
        sid = request.query.get("sid")
        if sid in self._lingering and request.method == hdrs.METH_GET:
            backlog = self._lingering[sid].backlog
            words = backlog.take(ending=True)
            if not backlog:
                del self._lingering[sid]
            return polling.payload(words)
        call = handshake.read(request, self.sockets)
        if call.sid is None:
            return await self._open(request, call)
        socket = self.sockets[call.sid]
        if call.key is not None:
            return self._probe(request, call.key, socket)
        if socket.upgraded:
            raise RefusedRequest(handshake.BAD_REQUEST)
        if call.method == hdrs.METH_POST:
            return await polling.post(socket, request, self.options)
        return await polling.poll(socket, request)

    async def _open(self, request: web.Request, call: Call) -> web.StreamResponse:
        """A new session, unless there are too many or the application refuses it."""
        remote = handshake.address(request, self._proxies)
        self._admit(remote)
        route = handshake.route(request, self.options.route_header, self._proxies)
        socket = Socket(self, route + new_id(), request, remote)
        if not await self._accepted(socket):
            raise RefusedRequest(handshake.FORBIDDEN, 401)
        self.sockets[socket.sid] = socket
        self.stats.sockets += 1
        self.stats.handshakes += 1
        socket.inlet = self.new_inlet(socket)
        self.expect_life(socket.sid, 0)
        if call.key is None:
            return polling.payload([self._hello(socket.sid, ["websocket"])])
        try:
            transport, tail = take_over(request)
        except ConnectionResetError:
            socket.close(TRANSPORT_CLOSE)
            return Answered()
        offered = request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "")
        transport.write(handshake.switching_protocols(call.key, offered) + self._hello(socket.sid, []))
        link = WebSocket(self, socket, transport, probe=False)
        socket.upgrade(link)
        link.start(tail)
        return Answered()

    def _admit(self, remote: str) -> None:
        """Raises RefusedRequest when one more session is too much."""
        if self.closing or (self.options.max_sockets is not None and self.stats.sockets >= self.options.max_sockets):
            raise RefusedRequest(TOO_MANY, 503)
        if self._rate is not None and not self._rate.allows(remote, asyncio.get_running_loop().time()):
            raise RefusedRequest(TOO_MANY, 429)

    async def _accepted(self, socket: Socket) -> bool:
        """What the application's own engine-level connect handler says; there is none under Socket.IO."""
        return await Messages.connect(self, socket)

    def _hello(self, sid: str, upgrades: list[str]) -> bytes:
        opening = {
            "sid": sid,
            "upgrades": upgrades,
            "pingInterval": round(self.options.ping_interval * 1000),
            "pingTimeout": round(self.options.ping_timeout * 1000),
            "maxPayload": self.options.max_frame,
        }
        return text_frame(b"0" + msgspec.json.encode(opening))

    def _probe(self, request: web.Request, key: str, socket: Socket) -> web.StreamResponse:
        """A websocket that a polling session may move to."""
        if socket.upgraded or socket.probe is not None:
            raise RefusedRequest(handshake.BAD_REQUEST)
        try:
            transport, tail = take_over(request)
        except ConnectionResetError:
            return Answered()
        transport.write(handshake.switching_protocols(key, request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "")))
        link = WebSocket(self, socket, transport, probe=True)
        socket.probe = link
        link.start(tail)
        return Answered()


def new_id() -> str:
    """120 random bits, as 20 characters fit for a URL."""
    return base64.urlsafe_b64encode(secrets.token_bytes(15)).decode()
