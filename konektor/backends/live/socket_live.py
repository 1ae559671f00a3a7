"""Live: sends events to the connections of this instance and, through signals, to those of all others."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from konektor.backends.live.audience import Audience, Pusher
from konektor.backends.live.balances import BalanceEvents
from konektor.backends.live.hidden import NOBODY, Hidden, HiddenMembers
from konektor.backends.live.publications import Publications, Store, of_all
from konektor.backends.live.pubsub import (
    BALANCES,
    MEMBER,
    STREAM,
    Balances,
    Body,
    End,
    Publication,
    PubSub,
    Refresh,
    Tell,
)
from konektor.backends.live.refreshes import Refresher, Refreshes
from konektor.backends.live.signals import Signals
from konektor.backends.live.taking_back import TakingBack
from konektor.ports import Database
from konektor.server_events import BalanceReason, CloseReason, ServerEvent, SessionEnded
from konektor.store.ids import Id
from konektor.store.sessions import EndReason


class SocketLive:
    """ports.Live. Connections are Socket.IO sids; the connection edge calls `arrive` and `depart`."""

    def __init__(
        self,
        server: Pusher,
        start: Callable[[Any], asyncio.Task[Any]],
        bus: PubSub,
        db: Database,
        store: Store,
        on_stored: Callable[[str, int], None],
        *,
        standalone: bool = False,
    ) -> None:
        """`on_stored(stream, seq)` is called for messages that other instances stored; for `standalone` see Signals."""
        self._server = server
        self._start, self._bus = start, bus
        self._store, self._message_is_stored = store, on_stored
        self._members: dict[str, dict[str, Refresher]] = {}
        self._sessions: dict[str, set[str]] = {}
        self._refreshes = Refreshes(start)
        self._publications = Publications(self._framed)
        self._hidden = HiddenMembers(self._framed)
        self._taking_back = TakingBack(self._hidden, store, start, self.send_local, db.is_unavailable)
        audience = self._audience = Audience(
            server, start, bus, store, missed=self._publications.of_missed, connections_of=self._connections_of,
            hidden=self._hidden, on_hidden_meanwhile=self._taking_back.begin,
        )  # fmt: skip
        self.begin_join, self.finish_join, self.leave = audience.begin_join, audience.finish_join, audience.leave
        self.hidden_in, self.local_streams = audience.hidden_in, audience.local_streams
        self.changes_published, self.streams_of = audience.changes_published, audience.streams_of
        self._signals = Signals(
            bus, db, start, standalone=standalone, on_body=self._receive, on_stored=self._receive_stored,
            concerns=self._concerns,
        )  # fmt: skip
        self._balances = BalanceEvents(
            db, start, connections_of=self._connections_of, send=self.send_local,
            send_to_others=partial(self._signals.send, BALANCES),
        )  # fmt: skip
        self.on_message = self._signals.receive
        """Receives (channel, payload) from pub/sub."""
        self.polls = ((0.5, self._audience.poll_store, "messages"), (0.5, self._signals.poll, "signals"))
        """The polls of the store for what pub/sub did not deliver: (seconds between two runs, work, name)."""

    def arrive(self, member: str, session: str, connection: str, refresh: Refresher, hidden: Hidden = NOBODY) -> None:
        """Adds a connection from which these members are hidden; `refresh` makes it read its Caller again."""
        if not self._members:
            self._bus.subscribe(BALANCES)
        if member not in self._members:
            self._bus.subscribe(MEMBER + member)
        self._members.setdefault(member, {})[connection] = refresh
        self._sessions.setdefault(session, set()).add(connection)
        self._audience.arrive(connection)
        self._hidden.set(connection, hidden)

    def hide(self, connection: str, hidden: Hidden) -> None:
        """Hides exactly these members from an open connection, and takes back what it was sent of those who are new."""
        if newly := self._hidden.set(connection, hidden):
            self._taking_back.begin(connection, newly, self._audience.streams_of(connection))

    def depart(self, member: str, session: str, connection: str) -> None:
        """Removes a closed connection."""
        known = self._members.get(member, {})
        if known.pop(connection, None) is not None and not known:
            del self._members[member]
            self._bus.unsubscribe(MEMBER + member)
            if not self._members:
                self._bus.unsubscribe(BALANCES)
        self._sessions.get(session, set()).discard(connection)
        if not self._sessions.get(session):
            self._sessions.pop(session, None)
        self._audience.depart(connection)
        self._hidden.forget(connection)
        self._balances.forget(connection)

    def publish(
        self,
        stream: str,
        event: ServerEvent,
        *,
        seq: int = 0,
        author: str = "",
        own: ServerEvent | None = None,
        of: Sequence[str] = (),
    ) -> None:
        """See ports.Live."""
        publication = self._publications.of_event(event, seq, author, own, list(of))
        # A lost message shows as a gap in the seqs; the next droppable event carries the whole state.
        (self._signals.publish if seq or event.droppable else self._signals.send)(STREAM + stream, publication)
        self._audience.take(stream, publication)

    def publish_change(self, stream: str, message: str, event: ServerEvent, *, of: Sequence[str]) -> None:
        """See ports.Live."""
        publication = self._publications.of_change(event, message, list(of))
        # Stored without the body, which may be outdated when it is read: the reader reads the message itself.
        self._signals.send(STREAM + stream, publication, Publication(b"", change=message, of=list(of)))
        self._audience.take(stream, publication)

    def publish_local(self, stream: str, event: ServerEvent, *, hidden: Hidden | None = None) -> None:
        """See ports.Live."""
        publication = Publication(self._framed(event), droppable=event.droppable)
        if hidden is None:
            self._audience.deliver(stream, 0, publication)
        else:
            self._audience.deliver_to(hidden, stream, publication)

    def send_local(self, connection: str, event: ServerEvent) -> None:
        """See ports.Live."""
        self._server.send_frames(self._framed(event), room=connection, droppable=event.droppable)

    def tell(self, member: str, event: ServerEvent, *, skip: str = "") -> None:
        """See ports.Live."""
        channel, body = MEMBER + member, Tell(self._framed(event), skip)
        (self._signals.publish if event.droppable and self._bus.healthy else self._signals.send)(channel, body)
        self._receive(channel, body)

    def may_hear(self, member: str) -> bool:
        """See ports.Live."""
        return not self._signals.standalone or member in self._members

    def balance_changed(self, member: str, delta: int, reason: BalanceReason, *, skip: str = "") -> None:
        """See ports.Live."""
        self._balances.add(member, delta, reason, skip)

    def acked(self, member: str, connection: str, balance: int, *, repeated: bool) -> None:
        """See ports.Live."""
        self._balances.acked(member, connection, balance, repeated=repeated)

    def not_acked(self, connection: str) -> None:
        """See ports.Live."""
        self._balances.not_acked(connection)

    def end_login(self, member: str, session: str, reason: EndReason) -> None:
        """See ports.Live."""
        self._send_to_all(MEMBER + member, End(session, reason))

    def refresh_caller(self, member: str) -> None:
        """See ports.Live."""
        self._send_to_all(MEMBER + member, Refresh())

    async def refreshed(self, member: str) -> None:
        """See ports.Live."""
        self._signals.send(MEMBER + member, Refresh())
        await asyncio.gather(*(refresh() for refresh in list(self._members.get(member, {}).values())))

    def _connections_of(self, member: str) -> Collection[str]:
        """The member's connections on this instance."""
        return self._members.get(member, ())

    def _send_to_all(self, channel: str, body: Body) -> None:
        self._signals.send(channel, body)
        self._receive(channel, body)

    def _framed(self, event: ServerEvent) -> bytes:
        return self._server.framed(event.event, event)

    def _concerns(self, channel: str) -> bool:
        """Whether a connection on this instance needs the messages of the channel."""
        if channel == BALANCES:
            return bool(self._members)
        name = channel[2:]
        return name in self._members if channel.startswith(MEMBER) else self._audience.follows(name)

    def _receive(self, channel: str, body: Body) -> None:
        """Handles a body from this instance or another one."""
        name = channel[2:]
        match body:
            case Publication():
                if body.seq:
                    self._message_is_stored(name, body.seq)
                self._audience.take(name, body)
            case Tell():
                self._refreshes.after(name, partial(self._tell, name, body))
            case Balances():
                self._balances.receive(body)
            case End():
                self._close(body.session, body.reason)
            case Refresh():
                self._refreshes.begin(name, list(self._members.get(name, {}).values()))

    def _tell(self, member: str, body: Tell) -> None:
        """Sends to the member's connections here."""
        for connection in list(self._members.get(member, ())):
            if connection != body.skip:
                self._server.send_frames(body.frames, room=connection)

    async def _receive_stored(self, found: list[tuple[str, Body]]) -> None:
        """The same for bodies found in the store; changed messages are sent as they are now."""
        changed = of_all([body for _, body in found if isinstance(body, Publication) and body.change])
        for channel, body in found:
            if not isinstance(body, Publication) or not body.change:
                self._receive(channel, body)
        for event in await self._store.changes(list(changed)) if changed else ():
            of = changed[Id(event.id)]
            self._audience.take(event.stream, self._publications.of_change(event, str(event.id), of))

    def local_logins(self) -> set[str]:
        """See ports.Live."""
        return set(self._sessions)

    def _close(self, session: str, reason: CloseReason) -> None:
        """Closes the connections of a login on this instance."""
        for connection in list(self._sessions.get(session, ())):
            self._server.send_frames(self._framed(SessionEnded(reason=reason)), room=connection)
            self._start(self._server.disconnect(connection))

    def announce_shutdown(self, connection: str) -> None:
        """Sends `session:ended` with the reason `shutdown` to one connection."""
        self._server.send_frames(self._framed(SessionEnded(reason="shutdown")), room=connection)
