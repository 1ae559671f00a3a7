"""Balances: tells the connections of a member about changes of the balance, several changes at once."""

import asyncio
from collections.abc import Callable, Collection, Container
from dataclasses import dataclass
from typing import cast

from konektor.backends.live.pubsub import Balances, Change
from konektor.flow.batching import Tasks
from konektor.ports import Database
from konektor.server_events import BalanceReason, WalletChanged
from konektor.store import wallets
from konektor.store.ids import Id

PAUSE = 0.25
"""Seconds in which changes are gathered."""
OVERTAKEN = 10.0
"""Seconds within which an ack may have been overtaken by an event: longer than the budget of every event that has a
balance in its ack.
"""
MAX_DELAYS = 2
"""How often an event is delayed because the balance changes on another connection meanwhile."""


@dataclass(slots=True)
class _News:
    """A change of a balance, and the connections here that do not know it."""

    delta: int
    reason: str
    connections: set[str]


class BalanceEvents:
    """Sends `wallet:changed` to all connections of a member except the one whose ack has the new balance.

    Balances have no version, so an event must never be older than an ack that the same connection has received. An
    event therefore has the balance that is read when it is sent. If one of its connections was acked a newer balance
    during that read, the event is delayed; after MAX_DELAYS it is sent, and that connection is told again.

    An ack may also be older than an event: one that is stored before it is sent, the first ack of a repeated `cid`, a
    balance that was read for it earlier. So a connection that is acked a balance within OVERTAKEN of an event, or that
    of an earlier request, is checked in the next round, and told if what it was last told is not the balance.
    """

    def __init__(
        self,
        db: Database,
        tasks: Tasks,
        *,
        connections_of: Callable[[str], Collection[str]],
        send: Callable[[str, WalletChanged], None],
        send_to_others: Callable[[Balances], None],
    ) -> None:
        """`send(connection, event)` sends to a connection here, `send_to_others` to all other instances."""
        self._db = db
        self._tasks = tasks
        self._connections_of = connections_of
        self._send = send
        self._send_to_others = send_to_others
        self._news: dict[str, list[_News]] = {}
        self._unsent: list[Change] = []
        self._acked: set[str] = set()
        self._expected: dict[str, list[tuple[str, _News]]] = {}
        self._told: dict[str, tuple[float, str]] = {}
        self._last: dict[str, int] = {}
        self._delays: dict[str, int] = {}
        self._running = False

    def add(self, member: str, delta: int, reason: BalanceReason, skip: str) -> None:
        """Takes a change that was made here; `skip` is the connection whose ack has the balance."""
        if skip in self._connections_of(member):
            self._acked.add(skip)
            self._expected.setdefault(skip, []).append((member, _News(delta, reason, {skip})))
        self._unsent.append(Change(member, delta, reason))
        self._take(member, delta, reason, skip)

    def receive(self, body: Balances) -> None:
        """Takes the changes that were made on another instance."""
        for change in body.changes:
            self._take(change.member, change.delta, change.reason, "")

    def acked(self, member: str, connection: str, balance: int, *, repeated: bool) -> None:
        """An ack with a balance is sent to the connection; `repeated`: it is that of an earlier request."""
        if connection not in self._connections_of(member):
            return
        self._acked.add(connection)
        self._expected.pop(connection, None)
        self._last[connection] = balance
        at, reason = self._told.get(connection, (0.0, "message"))
        if repeated or (at and at > asyncio.get_running_loop().time() - OVERTAKEN):
            self._add(member, _News(0, reason, {connection}))

    def not_acked(self, connection: str) -> None:
        """A request is refused: changes that its ack was to have are told after all."""
        for member, news in self._expected.pop(connection, ()):
            self._add(member, news)

    def told(self, connection: str) -> int | None:
        """See ports.Live."""
        return self._last.get(connection)

    def forget(self, connection: str) -> None:
        """The connection is closed."""
        self._acked.discard(connection)
        for table in (self._expected, self._told, self._last):
            table.pop(connection, None)

    def _take(self, member: str, delta: int, reason: str, skip: str) -> None:
        # A connection that is made later learns the balance from session:hello.
        if connections := {connection for connection in self._connections_of(member) if connection != skip}:
            self._add(member, _News(delta, reason, connections))
        elif self._unsent:
            self._wake()

    def _add(self, member: str, news: _News) -> None:
        self._news.setdefault(member, []).append(news)
        self._wake()

    def _wake(self) -> None:
        if not self._running:
            self._running = True
            self._tasks.start(self._run())

    async def _run(self) -> None:
        """Sends the first change at once, then what was gathered, until nothing is left."""
        try:
            while self._news or self._unsent:
                if self._unsent:
                    self._send_to_others(Balances(self._unsent))
                    self._unsent = []
                taken, self._news = self._news, {}
                if taken:
                    await self._tell(taken)
                await self._tasks.pause(PAUSE)
        finally:
            self._running = False

    async def _tell(self, taken: dict[str, list[_News]]) -> None:
        self._acked.clear()
        try:
            balances = await wallets.balances(self._db, [Id(member) for member in taken])
        except Exception as error:
            if not self._db.is_unavailable(error):
                raise
            for member, news in taken.items():  # tried again until the database is back
                self._again(member, news)
            return
        for member, news in taken.items():
            acked = self._acked & {connection for item in news for connection in item.connections}
            if acked and self._delays.get(member, 0) < MAX_DELAYS:
                self._delays[member] = self._delays.get(member, 0) + 1
                self._again(member, news)
                continue
            self._delays.pop(member, None)
            self._send_all(self._connections_of(member), news, balances.get(Id(member), 0))
            if acked:
                self._again(member, [_News(0, news[-1].reason, acked)])

    def _again(self, member: str, news: list[_News]) -> None:
        self._news[member] = news + self._news.get(member, [])

    def _send_all(self, here: Container[str], news: list[_News], balance: int) -> None:
        """One event for each connection and reason; its `delta` is the sum of the changes that no ack has told.

        Nothing for a connection without such changes that was last told this balance, or is closed.
        """
        now = asyncio.get_running_loop().time()
        deltas: dict[tuple[str, str], int] = {}
        for item in news:
            for connection in item.connections:
                deltas[connection, item.reason] = deltas.get((connection, item.reason), 0) + item.delta
        for (connection, reason), delta in deltas.items():
            if connection not in here or (not delta and self._last.get(connection) == balance):
                continue
            self._last[connection], self._told[connection] = balance, (now, reason)
            event = WalletChanged(balance=balance, delta=delta, reason=cast(BalanceReason, reason))
            self._send(connection, event)
