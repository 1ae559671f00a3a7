"""Time zones: days that are longer or shorter than usual, and names that are none."""

from datetime import UTC, datetime, timedelta

import pytest

from konektor.flow.zones import end_of_day, zone


@pytest.mark.parametrize(
    ("now", "name", "end"),
    [
        ("2026-05-17T09:30:00", "UTC", "2026-05-18T00:00:00"),
        ("2026-05-17T18:29:59.999", "Asia/Kolkata", "2026-05-17T18:30:00"),
        ("2026-05-17T18:30:00", "Asia/Kolkata", "2026-05-18T18:30:00"),
        ("2026-03-29T00:00:00", "Europe/Berlin", "2026-03-29T22:00:00"),  # the day that has 23 hours
        ("2026-10-25T00:00:00", "Europe/Berlin", "2026-10-25T23:00:00"),  # the day that has 25 hours
        ("2026-09-05T20:00:00", "America/Santiago", "2026-09-06T04:00:00"),  # clocks go from 24:00 to 1:00
        (
            "2026-11-01T03:30:00",
            "America/Havana",
            "2026-11-01T04:00:00",
        ),  # midnight comes twice
        ("2026-05-17T09:30:00", "Mars/Olympus", "2026-05-18T00:00:00"),
        ("2026-05-17T09:59:00", "Pacific/Kiritimati", "2026-05-17T10:00:00"),
    ],
)
def test_a_day_ends_at_midnight_where_the_member_lives(now: str, name: str, end: str) -> None:
    """Whatever the clocks do there on that day."""
    found = end_of_day(datetime.fromisoformat(now).replace(tzinfo=UTC), name)
    assert found == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", ["America/Havana"])
def test_the_end_of_a_day_is_always_ahead(name: str) -> None:
    """Each quarter of an hour of a year in a zone that changes its clocks at midnight, at most 25 hours ahead."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at.year == 2026:
        assert timedelta(0) < end_of_day(at, name) - at <= timedelta(hours=25)
        at += timedelta(minutes=15)


@pytest.mark.parametrize("name", ["", "../etc/passwd", "/etc/passwd", "Europe", "x" * 65, "a\0b", "Europe/Berlin\n"])
def test_what_is_no_zone_is_none(name: str) -> None:
    """Clients send what they like."""
    assert zone(name) is None
