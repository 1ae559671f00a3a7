"""Connections: authenticating, adding and removing Socket.IO connections."""

import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from socketio.exceptions import ConnectionRefusedError as Refusal

from events.dispatcher import Dispatcher
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused, as_refusal
from konektor.flow.bucket import TokenBucket
from konektor.flow.retrying import retried
from konektor.members.sessions import caller_of_session, caller_of_token
from konektor.members.settings import in_zone
from konektor.people.presence import begin_watching, note_seen
from konektor.store.ids import Id
from konektor.talk.presence import tell_again

log = logging.getLogger("konektor.connections")

STRIKES_FORGIVEN = 1.0
"""Strikes a second that are forgiven."""

UNLIMITED = 1e9
"""Events a second."""

CookieSession = Callable[[Any], Awaitable[str]]
"""The login session that the cookie of a request names, empty for none; Refused when its Origin is not allowed."""
Disconnect = Callable[[str], Coroutine[Any, Any, None]]
"""Closes the connection with that sid."""


class Connected(Protocol):
    """The part of Live that needs to know the open connections."""

    def arrive(
        self,
        member: str,
        session: str,
        connection: str,
        refresh: Callable[[], Awaitable[None]],
        hidden: frozenset[Id],
    ) -> None:
        """Adds a connection from which these members are hidden; `refresh` makes it read its Caller again."""
        ...

    def hide(self, connection: str, hidden: frozenset[Id]) -> None:
        """Hides exactly these members from an open connection."""
        ...

    def depart(self, member: str, session: str, connection: str) -> None:
        """Removes a connection."""
        ...


@dataclass(slots=True)
class Connection:
    """One authenticated Socket.IO connection."""

    caller: Caller
    bucket: TokenBucket
    strikes: TokenBucket
    closing: bool = False


class Connections:
    """The handlers that the Socket.IO server calls for one namespace."""

    def __init__(
        self,
        core: Core,
        connected: Connected,
        dispatcher: Dispatcher,
        *,
        cookie_session: CookieSession,
        disconnect: Disconnect,
        namespace: str = "/",
    ) -> None:
        self._core = core
        self._connected = connected
        self._dispatcher = dispatcher
        self._cookie_session = cookie_session
        self._disconnect = disconnect
        self._namespace = namespace
        self._open: dict[str, Connection] = {}

    async def connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Accepts a member's connection, or refuses with the code as message and `{code, message}` as data."""
        try:
            caller = await self._caller(sid, environ, auth)
            self._arrive(sid, caller)
            # What changed while it was being checked was not told to the connection yet.
            await self._recheck(sid)
            await self._appear(sid, self._open[sid].caller)
            await begin_watching(self._core, self._open[sid].caller)
        except Exception as error:  # as in the dispatcher, every failure becomes a refusal
            self._forget(sid)
            refused = as_refusal(error, "connect", self._core.db.is_unavailable)
            self._core.metrics.connects.labels(refused.code).inc()
            log.info("refused", extra={"fields": {"event": "connect", "code": refused.code}})
            raise Refusal(refused.code, refused.as_dict()) from None
        self._core.metrics.connects.labels("ok").inc()
        log.info("connected", extra={"fields": {"event": "connect", "member": str(caller.member), "code": "ok"}})

    async def _caller(self, sid: str, environ: dict[str, Any], auth: Any) -> Caller:
        """The Caller of a new connection, by the access token in `auth` or else the session cookie; `auth.tz` is the
        time zone of the device.
        """
        sent = auth if isinstance(auth, dict) else {}
        caller = await self._authenticated(sid, environ, sent.get("token"))
        return await in_zone(self._core, caller, sent.get("tz"))

    async def _authenticated(self, sid: str, environ: dict[str, Any], token: object) -> Caller:
        if token is not None:
            if not isinstance(token, str):
                raise Refused("UNAUTHENTICATED", "The token is a text.", field="token")
            return await caller_of_token(self._core, token, sid)
        session = await self._cookie_session(environ["aiohttp.request"])
        if not session:
            raise Refused("UNAUTHENTICATED", "Connect with an access token, or log in first.")
        return await caller_of_session(self._core, session, sid)

    def _arrive(self, sid: str, caller: Caller) -> None:
        """Adds the connection."""
        self._open[sid] = Connection(caller, *self._buckets(time.perf_counter()))
        self._core.connected.put(sid, caller)
        self._connected.arrive(str(caller.member), str(caller.session), sid, lambda: self._refresh(sid), caller.hidden)
        self._core.metrics.connections.set(len(self._open))

    def _buckets(self, now: float) -> tuple[TokenBucket, TokenBucket]:
        """The buckets of a new connection: for its events, and for the refusals of events that were too many."""
        limits = self._core.config.limits
        if not self._core.config.rate_limits:
            return TokenBucket(UNLIMITED, UNLIMITED, now), TokenBucket(UNLIMITED, UNLIMITED, now)
        return TokenBucket(limits.events_per_second, limits.event_burst, now), TokenBucket(
            STRIKES_FORGIVEN, limits.strikes, now
        )

    async def _recheck(self, sid: str) -> None:
        """Reads again what may have changed in the Caller before the connection was added."""
        async with self._core.locks(("refresh", sid)):
            connection = self._open[sid]
            connection.caller = await caller_of_session(self._core, str(connection.caller.session), sid)
            self._core.connected.put(sid, connection.caller)
            self._connected.hide(sid, connection.caller.hidden)

    async def _refresh(self, sid: str) -> None:
        """The same for an open connection, as soon as the database is available; its login may have ended meanwhile."""
        await retried(lambda: self._read_caller(sid), self._core.db.is_unavailable)

    async def _read_caller(self, sid: str) -> None:
        """Reads the Caller of an open connection again; closes the connection when its login is no longer valid."""
        async with self._core.locks(("refresh", sid)):  # or an older read could end last
            connection = self._open.get(sid)
            if connection is None:
                return
            try:
                caller = await caller_of_session(self._core, str(connection.caller.session), sid)
            except Refused:
                await self._disconnect(sid)
                return
            before, connection.caller = connection.caller, caller
            self._core.connected.put(sid, caller)
            self._connected.hide(sid, caller.hidden)
            if caller.hidden != before.hidden:
                self._core.tasks.start(retried(lambda: tell_again(self._core, caller), self._core.db.is_unavailable))
            await begin_watching(self._core, caller)
            if caller.visible != before.visible:
                await self._core.presence.show(sid, caller.rooms, visible=caller.visible)

    async def _appear(self, sid: str, caller: Caller) -> None:
        """Adds the connection to presence. RATE_LIMITED when its member has too many over all instances."""
        count = await self._core.presence.arrive(str(caller.member), sid, caller.rooms, caller.visible)
        most = self._core.config.limits.sockets_per_member
        if count > most and self._core.config.rate_limits:
            await self._core.presence.depart(sid)
            raise Refused("RATE_LIMITED", f"You have {most} connections; close one.", limit=most)

    def _forget(self, sid: str) -> Caller | None:
        """Removes the connection; None when it was not added."""
        connection = self._open.pop(sid, None)
        if connection is None:
            return None
        caller = connection.caller
        self._core.connected.remove(sid)
        self._core.metrics.connections.set(len(self._open))
        self._connected.depart(str(caller.member), str(caller.session), sid)
        return caller

    async def disconnect(self, sid: str, reason: str = "") -> None:
        """Removes a connection that is closed."""
        caller = self._forget(sid)
        if caller is None:
            return
        await self._core.presence.depart(sid)
        note_seen(self._core, caller)
        log.info("closed", extra={"fields": {"event": "disconnect", "member": str(caller.member), "code": reason}})

    async def event(self, name: str, sid: str, *args: Any) -> dict[str, Any]:
        """The ack of an event."""
        connection = self._open.get(sid)
        if connection is None:
            return {"ok": False, "error": Refused("UNAUTHENTICATED", "This connection is closing.").as_dict()}
        ack = await self._dispatcher.dispatch(connection.caller, connection.bucket, self._namespace, name, args)
        if not ack["ok"] and ack["error"]["code"] == "RATE_LIMITED" and connection.strikes.take(time.perf_counter()):
            self._strike_out(sid, connection)
        return ack

    def _strike_out(self, sid: str, connection: Connection) -> None:
        """Closes a connection whose events were refused as too fast many times."""
        if not connection.closing:
            connection.closing = True
            self._core.metrics.struck.inc()
            self._core.tasks.start(self._disconnect(sid))

    def attach(self, server: Any) -> None:
        """Registers the handlers with the server."""
        server.on("connect", self.connect, namespace=self._namespace)
        server.on("disconnect", self.disconnect, namespace=self._namespace)
        server.on("*", self.event, namespace=self._namespace)
