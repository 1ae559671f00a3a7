"""ReadPositions: which connections have read messages of a stream from the store before they were told of them."""


class HeldFrames(list[tuple[int, bytes]]):
    """What is kept for a reader: seqs (0 for what is no message) and frames. `inside`: it was in the stream before."""

    inside = False


LATE = 100
"""By how many messages a server may be behind the store with telling of one."""


class ReadPositions:
    """The last seq that each connection in a stream has read, as long as it may matter."""

    def __init__(self) -> None:
        self._read: dict[str, dict[str, int]] = {}

    def note(self, stream: str, connection: str, last: int) -> None:
        """The connection has read the stream up to `last`."""
        self._read.setdefault(stream, {})[connection] = last

    def forget(self, stream: str, connection: str) -> None:
        """It reads anew, or not at all; unknown ones are fine."""
        read = self._read.get(stream, {})
        read.pop(connection, None)
        if not read:
            self._read.pop(stream, None)

    def of(self, stream: str, seq: int) -> set[str]:
        """The connections that have read a message; nobody has read what is no message, whose seq is 0."""
        read = self._read.get(stream) if seq else None
        if not read:
            return set()
        for connection in [connection for connection, last in read.items() if last + LATE < seq]:
            self.forget(stream, connection)
        return {connection for connection, last in read.items() if last >= seq}
