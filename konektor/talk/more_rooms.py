"""More rooms: the kinds of rooms that a birth date opens beyond the member's own three."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from konektor import dates
from konektor.dates import BirthDate, MoreKind


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """A room that is open to a member now; with its times where it is open for a time only."""

    kind: MoreKind
    label: str
    title: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def _week(born: BirthDate, now: datetime) -> list[OpenRoom]:
    """The room of those born in the same ISO week of the same year."""
    monday = dates.monday_of(born.week)
    return [OpenRoom("week", born.week, _days(monday, monday + timedelta(days=6)))] if monday else []


def _days(first: date, last: date) -> str:
    """14–20 May 1990, 28 May – 3 June 1990 or 28 December 2020 – 3 January 2021."""
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} – {last.day} {last:%B %Y}"
    if first.month != last.month:
        return f"{first.day} {first:%B} – {last.day} {last:%B %Y}"
    return f"{first.day}–{last.day} {last:%B %Y}"


KINDS: Mapping[MoreKind, Callable[[BirthDate, datetime], list[OpenRoom]]] = {"week": _week}
"""The rooms of each kind that are open at a time to somebody of a birth date."""


def more_rooms(born: BirthDate, now: datetime) -> list[OpenRoom]:
    """The rooms beyond their own three that somebody of this birth date may enter now."""
    return [room for open_rooms in KINDS.values() for room in open_rooms(born, now)]
