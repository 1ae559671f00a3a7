"""Read positions: which connections have read messages from the store before their publication arrived."""

from konektor.backends.live.pubsub import Publication
from konektor.store.ids import Id


class Held(list[tuple[int, Publication]]):
    """(seq, publication) held back for a joining connection; seq 0: a non-message; `inside`: it was in the stream
    before; `hidden`: who is left out of the ack of joining.
    """

    inside = False
    hidden: frozenset[Id] = frozenset()


MAX_LAG = 100
"""Maximum publication lag, in messages, for which a read position is kept."""


class ReadPositions:
    """The last seq that each connection in a stream has read, until publications have passed it by MAX_LAG."""

    def __init__(self) -> None:
        self._read: dict[str, dict[str, int]] = {}

    def record(self, stream: str, connection: str, last: int) -> None:
        """Records that the connection has read the stream up to `last`."""
        self._read.setdefault(stream, {})[connection] = last

    def forget(self, stream: str, connection: str) -> None:
        """Removes the position of a connection; an unknown one is ignored."""
        read = self._read.get(stream, {})
        read.pop(connection, None)
        if not read:
            self._read.pop(stream, None)

    def of(self, stream: str, seq: int) -> set[str]:
        """The connections that have read the message with that seq; none for a non-message, whose seq is 0."""
        read = self._read.get(stream) if seq else None
        if not read:
            return set()
        for connection in [connection for connection, last in read.items() if last + MAX_LAG < seq]:
            self.forget(stream, connection)
        return {connection for connection, last in read.items() if last >= seq}
