"""Core: everything a rule may use, handed to it as the first argument."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from konektor.config.settings import Config
from konektor.connected import Connected
from konektor.errors import Refused
from konektor.flow.balance_cache import BalanceCache
from konektor.flow.batching import Batcher, Locks, Tasks
from konektor.flow.head_cache import HeadCache
from konektor.flow.recent_values import RecentValues
from konektor.limiter import Limiter
from konektor.live import Live
from konektor.metrics import Metrics
from konektor.ports import Database, Media, Passwords, Pictures, Presence, Push, Typing
from konektor.store.ids import Id
from konektor.streams import Stream


@dataclass(frozen=True, slots=True)
class Touched:
    """A direct conversation that was moved to the top of the lists of its members, `at` a time of the event loop, in a
    connection epoch.
    """

    stream: str
    members: tuple[Id, ...]
    at: float
    epoch: Hashable


@dataclass(frozen=True, slots=True)
class MessagePath:
    """What only sending messages uses: caches of this process, and its batches (talk/message_path.py)."""

    heads: HeadCache
    balances: BalanceCache
    touched: RecentValues[Touched]
    """By member, the direct conversation that was touched last."""
    room_sends: Batcher[Any, Any]
    sends: Sequence[Batcher[Any, Any]]
    """Of conversations, each in one of these by its name: one is stored while the next is prepared."""
    settlements: Batcher[Any, Any]
    receipts: Batcher[Any, Any]
    notes: Batcher[Any, Any]
    """New messages that somebody may have to be noticed of (talk/mentions.py)."""

    def sends_to(self, stream: Stream) -> Batcher[Any, Any]:
        """Where messages to a stream are batched. Those that cost tokens share one, so that payments are made once."""
        return self.room_sends if stream.entered else self.sends[hash(stream) % len(self.sends)]


@dataclass(frozen=True, slots=True)
class SwipePath:
    """The batches that swipes are made in (people/swipe_path.py), and what members have used of their day."""

    used: RecentValues[Any]
    sights: Batcher[Any, Any]
    counts: Batcher[Any, Any]
    swipes: Batcher[Any, Any]
    settlements: Batcher[Any, Any]
    made: dict[Any, Any]
    """By member whose settlement is due, the swipes that were made here and are not settled yet."""


@dataclass(frozen=True, slots=True)
class Core:
    """Configuration, ports and the clock. `now()` is aware UTC in whole milliseconds; tests supply their own."""

    config: Config
    now: Callable[[], datetime]
    db: Database
    live: Live
    presence: Presence
    typing: Typing
    limiter: Limiter
    passwords: Passwords
    pictures: Pictures
    media: Media
    push: Push
    tasks: Tasks
    metrics: Metrics
    path: MessagePath
    swipes: SwipePath
    callers: Batcher[Any, Any]
    """Batches of sessions whose Callers are read (members/callers.py)."""
    seen: Batcher[Any, Any]
    """Batches of (member, time): when members were online last."""
    notices: Batcher[Any, Any]
    """Causes of notices (causes.py), which are made behind them (notices/making.py)."""
    pushes: Batcher[Any, Any]
    """Sequences of what members are to be pushed (notices/pushes.py)."""
    connected: Connected = field(default_factory=Connected)
    locks: Locks = field(default_factory=Locks)


def require_same_epoch(core: Core, epoch: Hashable) -> None:
    """UNAVAILABLE when the database connection was lost since `epoch` was read: w:1 writes may be lost too."""
    if core.db.connection_epoch != epoch:
        raise interrupted()


def interrupted() -> Refused:
    """The refusal of what the database may have lost a part of."""
    return Refused("UNAVAILABLE", "The database was briefly unavailable; try again.", retryAfter=1)
