"""Logins: which connections here belong to which login session, and closing them."""

import asyncio
from collections.abc import Callable
from typing import Any

from konektor.backends.live.interfaces import Pusher
from konektor.server_events import CloseReason, SessionEnded


class Logins:
    """By login session, its connections on this instance."""

    def __init__(self, server: Pusher, start: Callable[[Any], asyncio.Task[Any]]) -> None:
        self._server = server
        self._start = start
        self._sessions: dict[str, set[str]] = {}

    def arrive(self, session: str, connection: str) -> None:
        """Adds a connection."""
        self._sessions.setdefault(session, set()).add(connection)

    def depart(self, session: str, connection: str) -> None:
        """Removes a connection; an unknown one is ignored."""
        self._sessions.get(session, set()).discard(connection)
        if not self._sessions.get(session):
            self._sessions.pop(session, None)

    def local(self) -> set[str]:
        """See ports.Live.local_logins."""
        return set(self._sessions)

    def close(self, session: str, reason: CloseReason) -> None:
        """Closes the connections of a login, which are told why."""
        for connection in list(self._sessions.get(session, ())):
            self._end(connection, reason)
            self._start(self._server.disconnect(connection))

    def announce_shutdown(self, connection: str) -> None:
        """Sends `session:ended` with the reason `shutdown` to one connection."""
        self._end(connection, "shutdown")

    def _end(self, connection: str, reason: CloseReason) -> None:
        event = SessionEnded(reason=reason)
        self._server.send_frames(self._server.framed(event.event, event), room=connection)
