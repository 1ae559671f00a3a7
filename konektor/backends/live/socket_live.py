"""Live: sends events to the connections of this instance and, through signals, to those of all others."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

from konektor.backends.live.audience import Audience
from konektor.backends.live.balances import BalanceEvents
from konektor.backends.live.conversation_poll import ConversationPoll
from konektor.backends.live.hidden import NOBODY, Hidden, HiddenMembers
from konektor.backends.live.interfaces import Pusher, Store
from konektor.backends.live.logins import Logins
from konektor.backends.live.publications import Publications, of_all
from konektor.backends.live.pubsub import (
    BALANCES,
    MEMBER,
    Balances,
    Body,
    End,
    Leave,
    Publication,
    PubSub,
    Refresh,
    Tell,
)
from konektor.backends.live.refreshes import Refresher, Refreshes
from konektor.backends.live.signals import Signals
from konektor.backends.live.taking_back import TakingBack
from konektor.flow.batching import Tasks
from konektor.ports import Database
from konektor.server_events import BalanceReason, ServerEvent
from konektor.store.ids import Id
from konektor.store.sessions import EndReason
from konektor.streams import Stream


class SocketLive:
    """ports.Live. Connections are Socket.IO sids; the connection edge calls `arrive` and `depart`."""

    def __init__(
        self,
        server: Pusher,
        tasks: Tasks,
        bus: PubSub,
        db: Database,
        store: Store,
        on_stored: Callable[[str, int], None],
        on_delivered: Callable[[str, int, Collection[str]], None],
        *,
        standalone: bool = False,
    ) -> None:
        """`on_stored(stream, seq)` is for others' messages; `on_delivered`: see Audience, `standalone`: Signals."""
        self._server, self._bus, self._store, self._message_is_stored = server, bus, store, on_stored
        self._members: dict[str, dict[str, Refresher]] = {}
        self._logins = Logins(server, tasks.start)
        self.local_logins, self.announce_shutdown = self._logins.local, self._logins.announce_shutdown
        self._refreshes = Refreshes(tasks.start)
        self._signals = Signals(
            bus, db, tasks.start, standalone=standalone, on_body=self._receive, on_stored=self._receive_stored,
            concerns=self._concerns,
        )  # fmt: skip
        self._publications = Publications(self._framed, self._signals)
        self._hidden = HiddenMembers(self._framed)
        self._taking_back = TakingBack(self._hidden, store, tasks.start, self.send_local, db.is_unavailable)
        audience = self._audience = Audience(
            server, tasks.start, bus, store, missed=self._publications.of_missed, connections_of=self._connections_of,
            hidden=self._hidden, on_hidden_meanwhile=self._taking_back.begin, on_delivered=on_delivered,
        )  # fmt: skip
        self.begin_join, self.finish_join, self.leave = audience.begin_join, audience.finish_join, audience.leave
        self.take_part, self.hidden_in, self.streams_of = audience.take_part, audience.hidden_in, audience.streams_of
        self.changes_published, self.local_streams = audience.changes_published, audience.local_streams
        self._balances = BalanceEvents(
            db, tasks, connections_of=self._connections_of, send=self.send_local,
            send_to_others=partial(self._signals.send, BALANCES),
        )  # fmt: skip
        balances = self._balances
        self.acked, self.not_acked, self.told_balance = balances.acked, balances.not_acked, balances.told
        self.on_message = self._signals.receive  # takes (channel, payload) from pub/sub
        self._poll = ConversationPoll(db, store, audience)

    @property
    def polls(self) -> Sequence[tuple[float, Callable[[], Awaitable[None]], str]]:
        """What polls the store for what pub/sub did not deliver: (seconds between two runs, work, name)."""
        signals, messages, conversations = self._signals.poll, self._audience.poll_store, self._poll.poll
        return (0.5, messages, "messages"), (0.5, conversations, "conversations"), (0.5, signals, "signals")

    def arrive(self, member: str, session: str, connection: str, refresh: Refresher, hidden: Hidden = NOBODY) -> None:
        """Adds a connection from which these members are hidden; `refresh` makes it read its Caller again."""
        if not self._members:
            self._bus.subscribe(BALANCES)
        if member not in self._members:
            self._bus.subscribe(MEMBER + member)
        self._members.setdefault(member, {})[connection] = refresh
        self._logins.arrive(session, connection)
        self._audience.arrive(connection, self._store.now())
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
        self._logins.depart(session, connection)
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
        to: Sequence[str] = (),
    ) -> None:
        """See ports.Live."""
        self._audience.take(stream, self._publications.publish(stream, event, seq, author, own, list(of), list(to)))

    def publish_change(
        self, stream: str, message: str, event: ServerEvent, *, of: Sequence[str], to: Sequence[str] = ()
    ) -> None:
        """See ports.Live."""
        self._audience.take(stream, self._publications.publish_change(stream, event, message, list(of), list(to)))

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
        if event.droppable and self._bus.healthy:
            self._signals.publish((channel,), body)
        else:
            self._signals.send(channel, body)
        self._receive(channel, body)

    def may_hear(self, member: str) -> bool:
        """See ports.Live."""
        return not self._signals.standalone or member in self._members

    def balance_changed(self, member: str, delta: int, reason: BalanceReason, *, skip: str = "") -> None:
        """See ports.Live."""
        self._balances.add(member, delta, reason, skip)

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

    def shut_out(self, member: str, stream: str) -> None:
        """See ports.Live."""
        self._send_to_all(MEMBER + member, Leave(stream))

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
        if channel.startswith(MEMBER):
            return name in self._members
        return not Stream(name).entered or self._audience.follows(name)

    def _receive(self, channel: str, body: Body) -> None:
        """Handles a body from this instance or another one."""
        name = channel[2:]
        match body:
            case Publication():
                self._take(name, body)
            case Tell():
                self._refreshes.after(name, partial(self._tell, name, body))
            case Balances():
                self._balances.receive(body)
            case End():
                self._logins.close(body.session, body.reason)
            case Leave():
                for connection in list(self._members.get(name, ())):
                    self._audience.leave(connection, body.stream)
            case Refresh():
                self._refreshes.begin(name, list(self._members.get(name, {}).values()))

    def _take(self, name: str, body: Publication) -> None:
        """Handles what was published to a stream."""
        stream = body.stream or name
        if body.droppable and name != stream and name != next((one for one in body.to if one in self._members), name):
            return  # it comes by the channel of each of them; a message or a change is known by its seq or id
        if body.seq:
            self._message_is_stored(stream, body.seq)
        self._audience.take(stream, body)

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
            of, to = changed[Id(event.id)]
            self._audience.take(event.stream, self._publications.of_change(event.stream, event, str(event.id), of, to))
