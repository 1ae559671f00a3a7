"""Core: everything a rule may use, handed to it as the first argument."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from konektor.config.settings import Config
from konektor.flow.balance_cache import BalanceCache
from konektor.flow.batching import Batcher, Tasks, Turns
from konektor.flow.head_cache import HeadCache
from konektor.metrics import Metrics
from konektor.ports import Database, Limits, Live, Passwords, Presence, Typing


@dataclass(frozen=True, slots=True)
class Core:
    """Configuration, ports and the clock. `now()` is aware UTC in whole milliseconds; tests supply their own."""

    config: Config
    db: Database
    live: Live
    presence: Presence
    typing: Typing
    limits: Limits
    passwords: Passwords
    metrics: Metrics
    tasks: Tasks
    head_cache: HeadCache
    balance_cache: BalanceCache
    sends: Batcher[Any, Any]
    settles: Batcher[Any, Any]
    turns: Turns
    now: Callable[[], datetime]
