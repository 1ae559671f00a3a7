"""The port of live events: sending them to connected members, on every instance."""

from collections.abc import Sequence
from typing import Protocol

from konektor.server_events import BalanceReason, ServerEvent
from konektor.store.ids import Id
from konektor.store.sessions import EndReason


class Live(Protocol):
    """Sends events to connected members on every instance. Nothing here fails or waits: the store is authoritative."""

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
        """Sends to every connection in the stream, on every instance: to all that have entered it, or, of a stream that
        nobody has to enter, to all of the members `to`, who take part in it.

        `seq` is that of a new message, which is delivered once, in the order of the seqs. The connections of the member
        `author` get `own` in place of `event`. Those from which one of the members `of` is hidden (by default the
        author; of a droppable event, all of them) get nothing, or of a new message that its seq is hidden; others get
        the event without the members who are hidden from them.
        """
        ...

    def publish_change(
        self, stream: str, message: str, event: ServerEvent, *, of: Sequence[str], to: Sequence[str] = ()
    ) -> None:
        """Sends a change of a stored message to every connection in the stream, except those from which one of the
        members `of` is hidden; `to` are those who take part, as for `publish`. The event's reactions name MAX_LISTED
        members; what is sent names MAX_NAMED of those whom the receiver may see.

        An instance that does not receive it through Redis finds it in the store, and sends the message's state then.
        """
        ...

    def publish_local(self, stream: str, event: ServerEvent, *, hidden: frozenset[Id] | None = None) -> None:
        """Sends to the connections in the stream on this instance only; every instance computes the event itself.

        With `hidden` only to those from which exactly these members are hidden.
        """
        ...

    def hidden_in(self, stream: str) -> set[frozenset[Id]]:
        """Who is hidden from connections in the stream on this instance: one set for all of whom it is the same."""
        ...

    def send_local(self, connection: str, event: ServerEvent) -> None:
        """Sends to one connection of this instance."""
        ...

    def tell(self, member: str, event: ServerEvent, *, skip: str = "") -> None:
        """Sends to every connection of one member except `skip`, on every instance, within a second even without Redis.

        A droppable event may be lost in the seconds in which an instance does not yet know that Redis is gone.
        """
        ...

    def may_hear(self, member: str) -> bool:
        """Whether the member may have a connection; False only if there is none, on any instance."""
        ...

    def balance_changed(self, member: str, delta: int, reason: BalanceReason, *, skip: str = "") -> None:
        """Sends `wallet:changed` with the present balance to every connection of the member except `skip`, the one
        whose ack has it; on every instance, within a second even without Redis. Changes within 250 ms are sent as one.
        """
        ...

    def acked(self, member: str, connection: str, balance: int, *, repeated: bool) -> None:
        """Records that an ack with a balance is sent to a connection; `repeated`: that of an earlier request.

        If a newer balance was sent to it before, that one follows again.
        """
        ...

    def told_balance(self, connection: str) -> int | None:
        """The balance that an ack or event has told a connection here last, None if none has: the member's present one,
        or `wallet:changed` follows.
        """
        ...

    def not_acked(self, connection: str) -> None:
        """Records that a request of the connection is refused: the balance of its ack follows as an event."""
        ...

    def end_login(self, member: str, session: str, reason: EndReason) -> None:
        """Sends `session:ended` to the connections of one login and closes them, with the same promise as `tell`."""
        ...

    def refresh_caller(self, member: str) -> None:
        """Makes every connection of the member read its Caller again, with the same promise as `tell`."""
        ...

    async def refreshed(self, member: str) -> None:
        """The same; done when the connections on this instance have read it."""
        ...

    async def begin_join(
        self, connection: str, stream: str, hidden: frozenset[Id] = frozenset(), to: Sequence[str] = ()
    ) -> None:
        """Starts holding back what the stream publishes for the connection; `finish_join` must follow.

        `hidden` are those whom the ack will leave out: of whoever is hidden beside them then, it is taken back. `to`
        are those who take part, as for `publish`.
        """
        ...

    def finish_join(self, connection: str, stream: str, *, after: int | None) -> None:
        """Joins the connection to the stream once the ack that is being returned has been sent.

        Then sends what was held back, without the messages up to `after`. None: restores the state before `begin_join`.
        """
        ...

    def take_part(self, stream: str, members: Sequence[str]) -> object:
        """Brings the connections on this instance of exactly these members, who take part, into a stream that nobody
        has to enter, because they know some of it: what has to be taken back is taken back from them too.
        """
        ...

    def leave(self, connection: str, stream: str) -> None:
        """Removes the connection from the stream."""
        ...

    def shut_out(self, member: str, stream: str) -> None:
        """Removes every connection of a member who no longer takes part from the stream, with the same promise as
        `tell`.
        """
        ...

    def changes_published(self, stream: str) -> int:
        """How many changes of messages were sent to connections in the stream here; 0 without connections."""
        ...

    def local_streams(self) -> set[str]:
        """The streams that have a connection on this instance."""
        ...

    def streams_of(self, connection: str) -> set[str]:
        """The streams that the connection is in."""
        ...

    def local_logins(self) -> set[str]:
        """The login sessions that have a connection on this instance."""
        ...
