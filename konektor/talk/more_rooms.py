"""More rooms: the kinds of rooms that a birth date opens beyond the member's own three."""

from dataclasses import dataclass
from datetime import date

from konektor.dates import BirthDate, MoreKind, days_of


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """A room that is open to a member; Caller.rooms has its label, which gives access."""

    kind: MoreKind
    label: str
    title: str


def more_rooms(born: BirthDate) -> list[OpenRoom]:
    """The rooms beyond their own three that somebody of this birth date may enter: that of those born in the same week.

    A week is the ISO week of the same year.
    """
    days = list(map(date.fromisoformat, days_of(born.week)))
    return [OpenRoom("week", born.week, _days(days[0], days[-1]))]


def _days(first: date, last: date) -> str:
    """14–20 May 1990, 28 May – 3 June 1990 or 28 December 2020 – 3 January 2021."""
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} – {last.day} {last:%B %Y}"
    if first.month != last.month:
        return f"{first.day} {first:%B} – {last.day} {last:%B %Y}"
    return f"{first.day}–{last.day} {last:%B %Y}"
