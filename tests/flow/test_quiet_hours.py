"""Quiet hours: over midnight, in the member's zone, also where clocks change."""

from datetime import UTC, datetime

import pytest

from konektor.flow.quiet_hours import end_of_quiet


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "begin", "until", "end"),
    [
        ("2026-05-17T21:59:59", "UTC", "22:00", "07:00", None),
        ("2026-05-17T22:00:00", "UTC", "22:00", "07:00", "2026-05-18T07:00:00"),
        ("2026-05-18T06:59:59", "UTC", "22:00", "07:00", "2026-05-18T07:00:00"),
        ("2026-05-18T07:00:00", "UTC", "22:00", "07:00", None),
        ("2026-05-17T13:00:00", "UTC", "12:30", "14:15", "2026-05-17T14:15:00"),
        ("2026-05-17T14:15:00", "UTC", "12:30", "14:15", None),
        ("2026-05-17T20:30:00", "Europe/Berlin", "22:00", "07:00", "2026-05-18T05:00:00"),
        ("2026-05-17T16:00:00", "Asia/Kolkata", "21:00", "06:30", "2026-05-18T01:00:00"),
        ("2026-05-17T22:30:00", "Nowhere/Land", "22:00", "07:00", "2026-05-18T07:00:00"),
        # Clocks are put back at 3:00 of summer time and forward at 2:00 of winter time.
        ("2026-10-24T21:00:00", "Europe/Berlin", "22:00", "07:00", "2026-10-25T06:00:00"),
        ("2026-03-28T22:00:00", "Europe/Berlin", "22:00", "07:00", "2026-03-29T05:00:00"),
        ("2026-03-28T23:00:00", "Europe/Berlin", "22:00", "02:30", "2026-03-29T01:30:00"),
        ("2026-10-25T01:10:00", "Europe/Berlin", "22:00", "02:30", "2026-10-25T01:11:00"),
        ("2026-05-17T22:30:00", "UTC", "22:00", None, None),
        ("2026-05-17T22:30:00", "UTC", None, "07:00", None),
        ("2026-05-17T22:00:00", "UTC", "22:00", "22:00", None),
    ],
)
def test_quiet_hours_end(now: str, zone: str, begin: str | None, until: str | None, end: str | None) -> None:
    """None outside them, and where there are none."""
    assert end_of_quiet(at(now), zone, begin, until) == (at(end) if end else None)
