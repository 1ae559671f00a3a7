"""The kinds of jobs that a Socket.IO connection puts into its mailbox."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from konektor.realtime.runner import Work
from konektor.realtime.socketio.packets import Packet

MAX_MERGED_ACKS = 64

Dispatch = Callable[[str, tuple[int, ...], list[Any]], Work | None]
"""Handles an event, given its namespace, the numbers of the acks to send, and its name and arguments in a list."""


class InternalJob:
    """A job other than an event, such as a CONNECT or a disconnect."""

    __slots__ = ("_start", "key", "size")

    def __init__(self, start: Callable[[], Work | None]) -> None:
        self._start = start
        self.size = 0
        self.key: Hashable | None = None

    def run(self) -> Work | None:
        """Starts the job."""
        return self._start()

    def merge(self, older: Any) -> None:
        """Never called, because these jobs have no key."""


class EventJob:
    """An event from the client with the acks to send for it: its own, and those of older events it replaced."""

    __slots__ = ("_data", "_dispatch", "_namespace", "_numbers", "key", "size")

    def __init__(self, handler: Dispatch, packet: Packet, size: int, key: Hashable | None) -> None:
        self._dispatch = handler
        self._namespace = packet.namespace
        self._numbers: tuple[int, ...] = () if packet.number is None else (packet.number,)
        self._data = packet.data
        self.size = size
        self.key = key

    def run(self) -> Work | None:
        """Calls the handler and acks its result."""
        return self._dispatch(self._namespace, self._numbers, self._data)

    def merge(self, older: "EventJob") -> None:
        """Takes over the acks of an older event. With many acks it loses its key, so that the mailbox fills up."""
        self._numbers = older._numbers + self._numbers
        if len(self._numbers) >= MAX_MERGED_ACKS:
            self.key = None


def coalesce_key(packet: Packet, coalesce: Mapping[str, Callable[[Any], Hashable | None]]) -> Hashable | None:
    """The key by which a newer event replaces a waiting one; None for an event that is never replaced."""
    function = coalesce.get(packet.data[0])
    if function is None or len(packet.data) < 2:
        return None
    try:
        key = function(packet.data[1])
        hash(key)
    except (TypeError, ValueError, LookupError, AttributeError):  # an unexpected payload
        return None
    return None if key is None else (packet.namespace, packet.data[0], key)
