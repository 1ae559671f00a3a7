"""Core: everything a rule may use, handed to it as the first argument."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from konektor.config import Config
from konektor.ports import Database, Limits, Live, Presence


@dataclass(frozen=True, slots=True)
class Core:
    """Configuration, ports and the clock. `now()` is aware UTC; tests supply their own."""

    config: Config
    db: Database
    live: Live
    presence: Presence
    limits: Limits
    now: Callable[[], datetime]
