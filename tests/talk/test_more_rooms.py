"""More rooms: which rooms a birth date opens beyond the three, and what they are called."""

import pytest

from konektor.core import Core
from konektor.dates import stored
from konektor.talk.more_rooms import OpenRoom, more_rooms
from tests.conftest import join


def test_a_birth_date_opens_the_room_of_its_week() -> None:
    """With its label and its days."""
    assert more_rooms(stored("1990-05-17")) == [OpenRoom("week", "1990-W20", "14–20 May 1990")]


async def test_the_rooms_that_are_listed_are_those_that_may_be_entered(core: Core) -> None:
    """No more and no fewer."""
    caller = (await join(core)).caller
    assert [room.label for room in more_rooms(caller.born)] == list(caller.rooms[len(caller.labels) :])


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
    assert [room.title for room in more_rooms(stored(day))] == [title]
