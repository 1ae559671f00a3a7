"""The clock of a running server."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The time in UTC, in whole milliseconds as the database stores them."""
    return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)
