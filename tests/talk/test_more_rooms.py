"""More rooms: which rooms a birth date opens beyond the three, and what they are called."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from konektor.dates import MoreKind, stored
from konektor.talk.more_rooms import KINDS, OpenRoom, more_rooms

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


def test_a_birth_date_opens_the_room_of_its_week() -> None:
    """Open at any time, so without a time at which it opens or closes."""
    assert more_rooms(stored("1990-05-17"), NOW) == [OpenRoom("week", "1990-W20", "14–20 May 1990")]


@pytest.mark.parametrize(
    ("day", "title"),
    [
        ("1990-05-14", "14–20 May 1990"),
        ("1990-06-03", "28 May – 3 June 1990"),
        ("2021-01-01", "28 December 2020 – 3 January 2021"),
        ("1992-02-29", "24 February – 1 March 1992"),
    ],
)
def test_a_week_is_called_by_its_days(day: str, title: str) -> None:
    """Somebody born on 1 January 2021 is not told of a week 53 of 2020."""
    assert [room.title for room in more_rooms(stored(day), NOW)] == [title]


def test_every_kind_says_which_rooms_are_open() -> None:
    """A kind that clients may receive without an entry in the table would have no rooms."""
    assert set(KINDS) == set(get_args(MoreKind))
