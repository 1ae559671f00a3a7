"""Core: everything a rule may use, handed to it as the first argument."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from konektor.config.settings import Config
from konektor.flow.balance_cache import BalanceCache
from konektor.flow.batching import Batcher, Locks, Tasks
from konektor.flow.head_cache import HeadCache
from konektor.limiter import Limiter
from konektor.live import Live
from konektor.metrics import Metrics
from konektor.ports import Database, Passwords, Presence, Typing


@dataclass(frozen=True, slots=True)
class MessagePath:
    """What only sending messages uses: caches of this process, and its batches (talk/message_path.py)."""

    heads: HeadCache
    balances: BalanceCache
    sends: Batcher[Any, Any]
    settlements: Batcher[Any, Any]


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
    tasks: Tasks
    locks: Locks
    metrics: Metrics
    path: MessagePath
