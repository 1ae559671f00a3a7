"""Time zones: the end of a day where a member lives."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_NAME = 64
"""Characters of a zone's name."""


def zone(name: str) -> ZoneInfo | None:
    """The IANA time zone of that name; None when there is none."""
    try:
        return ZoneInfo(name) if 0 < len(name) <= MAX_NAME else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def end_of_day(now: datetime, name: str) -> datetime:
    """The next midnight after `now` in the zone, in UTC; in UTC for a name of no zone.

    Where clocks are put forward at midnight, the first moment of the next day.
    """
    # Days end at the beginning of a minute.
    return _end_of_day(now.replace(second=0, microsecond=0), name)


@lru_cache(maxsize=4096)
def _end_of_day(now: datetime, name: str) -> datetime:
    local = now.astimezone(zone(name) or UTC)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight.astimezone(UTC)
