"""Quiet hours: whether a moment is within those of a member, and when they end."""

from datetime import UTC, datetime, timedelta

from konektor.flow.zones import zone

MINUTE = timedelta(minutes=1)
"""After this it is looked again where clocks are put back within quiet hours, which end twice then."""


def end_of_quiet(now: datetime, name: str, begin: str | None, until: str | None) -> datetime | None:
    """When the quiet hours end that `now` is in, in UTC; None outside them.

    They are from `begin` to `until`, both like `22:00` in the time zone of that name (UTC for no zone's), over midnight
    if `until` is the earlier one; there are none without both, and none from a time to itself.
    """
    if begin is None or until is None or begin == until:
        return None
    local = now.astimezone(zone(name) or UTC)
    clock = f"{local:%H:%M}"
    if begin < until:
        inside, days = begin <= clock < until, 0
    else:
        inside, days = clock >= begin or clock < until, int(clock >= begin)
    if not inside:
        return None
    hour, minute = map(int, until.split(":"))
    end = (local + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    end = end.astimezone(UTC)
    return end if end > now else now + MINUTE
