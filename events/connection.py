"""Connections: who may connect, and what begins and ends with a connection."""

import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from socketio.exceptions import ConnectionRefusedError as Refusal

from events.wire import Dispatcher, refusal
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.bucket import Bucket
from konektor.members.sessions import caller_of_session, caller_of_token
from konektor.store import sessions

log = logging.getLogger("konektor.connections")

FORGIVEN = 1.0
"""Strikes a second that are taken back."""

CookieSession = Callable[[Any], Awaitable[str]]
"""The login session that the cookie of a request names, empty for none; Refused when its Origin is not allowed."""


class Door(Protocol):
    """The part of SocketLive that counts connections."""

    def arrive(self, member: str, session: str, connection: str) -> None:
        """Notes a connection."""
        ...

    def depart(self, member: str, session: str, connection: str) -> None:
        """Forgets a connection."""
        ...


@dataclass(frozen=True, slots=True)
class Connection:
    """One signed-in Socket.IO connection."""

    caller: Caller
    bucket: Bucket
    strikes: Bucket


class Connections:
    """The connection edge: what the Socket.IO server calls."""

    def __init__(self, core: Core, door: Door, dispatcher: Dispatcher, cookie_session: CookieSession) -> None:
        self._core = core
        self._door = door
        self._dispatcher = dispatcher
        self._cookie_session = cookie_session
        self._open: dict[str, Connection] = {}
        self._struck: set[str] = set()
        self._hang_up: Callable[[str], Coroutine[Any, Any, None]]

    async def connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Lets a member in, or refuses with the code as message and `{code, message}` as data."""
        try:
            caller = await self._caller(sid, environ, auth)
            self._arrive(sid, caller)
            await self._still_good(caller)
            await self._appear(sid, caller)
        except Exception as error:  # the handshake's counterpart of the dispatcher: every failure becomes an answer
            self._forget(sid)
            refused = refusal(error, "connect")
            self._core.metrics.connects.labels(refused.code).inc()
            log.info("refused", extra={"fields": {"event": "connect", "code": refused.code}})
            raise Refusal(refused.code, refused.as_dict()) from None
        self._core.metrics.connects.labels("ok").inc()
        log.info("connected", extra={"fields": {"event": "connect", "member": str(caller.member), "code": "ok"}})

    async def _caller(self, sid: str, environ: dict[str, Any], auth: Any) -> Caller:
        """Who connects: by the access token of `auth`, or else by the session cookie."""
        token = auth.get("token") if isinstance(auth, dict) else None
        if token is not None:
            if not isinstance(token, str):
                raise Refused("UNAUTHENTICATED", "The token is a text.", field="token")
            return await caller_of_token(self._core, token, sid)
        session = await self._cookie_session(environ["aiohttp.request"])
        if not session:
            raise Refused("UNAUTHENTICATED", "Connect with an access token, or log in first.")
        return await caller_of_session(self._core, session, sid)

    def _arrive(self, sid: str, caller: Caller) -> None:
        """Counts the connection in."""
        self._door.arrive(str(caller.member), str(caller.session), sid)
        self._open[sid] = Connection(caller, *self._buckets(time.perf_counter()))
        self._core.metrics.connections.set(len(self._open))

    def _buckets(self, now: float) -> tuple[Bucket, Bucket]:
        """One for its events, one for those of them that were too many."""
        limits = self._core.config.limits
        return Bucket(limits.events_per_second, limits.event_burst, now), Bucket(FORGIVEN, limits.strikes, now)

    async def _still_good(self, caller: Caller) -> None:
        """Refuses a login that ended while it was being checked: whoever ended it found no connection to close."""
        found = await sessions.get(self._core.db, caller.session)
        if found is None or found.get("ended"):
            raise Refused("SESSION_EXPIRED", "This login has ended; log in again.")

    async def _appear(self, sid: str, caller: Caller) -> None:
        """Lets the others see the caller; the connections of one member are counted wherever they are."""
        count = await self._core.presence.arrive(str(caller.member), sid, caller.labels, visible=True)
        most = self._core.config.limits.sockets_per_member
        if count > most and self._core.config.rate_limits:
            await self._core.presence.depart(sid)
            raise Refused("RATE_LIMITED", f"You have {most} connections; close one.", limit=most)

    def _forget(self, sid: str) -> Caller | None:
        """Counts the connection out; None when it was not counted."""
        connection = self._open.pop(sid, None)
        if connection is None:
            return None
        caller = connection.caller
        self._core.metrics.connections.set(len(self._open))
        self._door.depart(str(caller.member), str(caller.session), sid)
        return caller

    async def disconnect(self, sid: str, reason: str = "") -> None:
        """Forgets a connection that is gone."""
        self._struck.discard(sid)
        caller = self._forget(sid)
        if caller is None:
            return
        await self._core.presence.depart(sid)
        log.info("closed", extra={"fields": {"event": "disconnect", "member": str(caller.member), "code": reason}})

    async def event(self, name: str, sid: str, *args: Any) -> dict[str, Any]:
        """The ack of an event."""
        connection = self._open.get(sid)
        if connection is None:
            return {"ok": False, "error": Refused("UNAUTHENTICATED", "This connection is closing.").as_dict()}
        ack = await self._dispatcher.answer(connection.caller, connection.bucket, "/", name, args)
        if not ack["ok"] and ack["error"]["code"] == "RATE_LIMITED" and connection.strikes.take(time.perf_counter()):
            self._strike_out(sid)
        return ack

    def _strike_out(self, sid: str) -> None:
        """Closes a connection that has been told often enough to slow down."""
        if sid in self._open and sid not in self._struck:
            self._struck.add(sid)
            self._core.metrics.struck.inc()
            self._core.tasks.start(self._hang_up(sid))

    def attach(self, server: Any) -> None:
        """Makes the server call this edge."""
        self._hang_up = server.disconnect
        server.on("connect", self.connect)
        server.on("disconnect", self.disconnect)
        server.on("*", self.event)
