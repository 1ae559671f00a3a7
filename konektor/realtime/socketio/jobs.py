"""The jobs that a Socket.IO connection puts into its mailbox."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from konektor.realtime.socketio.packets import Packet
from konektor.realtime.runner import Work

MOST_ACKS = 64

Dispatch = Callable[[str, tuple[int, ...], list[Any]], Work | None]
"""Handles an event: its namespace, the ack numbers it owes, its name and arguments."""


class Task:
    """Work that is no event."""

    __slots__ = ("_start", "key", "size")

    def __init__(self, start: Callable[[], Work | None]) -> None:
        self._start = start
        self.size = 0
        self.key: Hashable | None = None

    def run(self) -> Work | None:
        """Begins the work."""
        return self._start()

    def absorb(self, older: Any) -> None:
        """Never asked: tasks have no key."""


class Event:
    """One event of the client with the ack numbers it owes: its own, and those of older ones it replaced."""

    __slots__ = ("_data", "_dispatch", "_namespace", "_numbers", "key", "size")

    def __init__(self, handler: Dispatch, packet: Packet, size: int, key: Hashable | None) -> None:
        self._dispatch = handler
        self._namespace = packet.namespace
        self._numbers: tuple[int, ...] = () if packet.number is None else (packet.number,)
        self._data = packet.data
        self.size = size
        self.key = key

    def run(self) -> Work | None:
        """Calls the handler and acks what it returns."""
        return self._dispatch(self._namespace, self._numbers, self._data)

    def absorb(self, older: "Event") -> None:
        """Acks for the older event too; one that owes many acks is not absorbed itself, so that the mailbox fills."""
        self._numbers = older._numbers + self._numbers
        if len(self._numbers) >= MOST_ACKS:
            self.key = None


def key_of(packet: Packet, coalesce: Mapping[str, Callable[[Any], Hashable | None]]) -> Hashable | None:
    """What makes a waiting event of the same name superfluous, None when nothing does."""
    function = coalesce.get(packet.data[0])
    if function is None or len(packet.data) < 2:
        return None
    try:
        key = function(packet.data[1])
        hash(key)
    except (TypeError, ValueError, LookupError, AttributeError):  # the client sent something else than expected
        return None
    return None if key is None else (packet.namespace, packet.data[0], key)
