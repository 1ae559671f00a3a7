"""Sample members around a birth date: each of its rooms has people who have said something today."""

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.core import Core
from konektor.dates import days_of, stored
from konektor.members import accounts
from konektor.running.sample_circle import GROUPS, LINES, NAMES, circle, fill_rooms
from konektor.running.sample_members import PASSWORD
from konektor.store import accounts as stored_accounts
from konektor.store import streams
from tests.conftest import Clock, join
from tests.support.message_helpers import bodies, settled

TODAY = date(2026, 3, 14)
BORN = stored("1988-03-09")
ROOMS = ("r:1988-03-09", "r:03-09", "r:1988", "r:1988-W10")


@given(st.dates(date(1930, 1, 1), date(2000, 12, 31)))
def test_a_circle_has_people_for_every_room(born: date) -> None:
    """Each shares with the birth date what their group says, also around 29 February and at the turn of the year."""
    whole = stored(born.isoformat())
    found = circle(whole, TODAY)
    assert {group: len(days) for group, days in found.items()} == GROUPS
    assert set(found["date"]) == {str(whole)}
    assert {day[5:] for day in found["day"]} == {whole.labels[1]}
    assert {day[:4] for day in found["year"]} == {whole.labels[2]}
    assert set(found["week"]) <= set(days_of(whole.week)) - {str(whole)}
    assert str(whole) not in {*found["day"], *found["year"]}


def test_nobody_in_a_circle_is_too_young() -> None:
    """Who turns 18 today has fewer around them."""
    found = circle(stored("2008-03-14"), TODAY)
    assert len(found["date"]) == GROUPS["date"]
    assert all(stored(day).age(TODAY) >= 18 for days in found.values() for day in days)


def test_the_names_are_different() -> None:
    """So that no two members of a circle have one name."""
    assert len(set(NAMES)) == len(NAMES) >= sum(GROUPS.values())
    assert all((name.isascii() and name.isalpha() and 3 <= len(name) <= 8) or name == "ida" for name in NAMES)


async def test_the_rooms_of_a_birth_date_are_peopled(core: Core) -> None:
    """Members in all four rooms, and what they have said there is theirs and paid for."""
    emails = await fill_rooms(core, BORN)
    assert len(emails) == 12
    counted = await streams.get(core.db, list(ROOMS))
    assert [counted[room]["members"] for room in ROOMS] == [4, 7, 9, 6]
    said = [await bodies(core, room) for room in ROOMS]
    assert [len(lines) for lines in said] == [4, 3, 3, 2]
    assert "9 March 1988" in said[0][0]
    assert not [line for lines in said for line in lines if "{" in line]
    await settled(core)
    assert await core.db["ledger"].count_documents({"reason": "message"}) == len(LINES)
    for email in emails:
        assert (await accounts.log_in(core, email, PASSWORD, "test"))["state"] == "active"


async def test_filling_the_rooms_again_adds_nothing(core: Core, clock: Clock) -> None:
    """Not even twice at the same time; on the next day they talk again."""
    await asyncio.gather(fill_rooms(core, BORN), fill_rooms(core, BORN))
    await fill_rooms(core, BORN)
    assert await core.db["accounts"].count_documents({"sample": True}) == 12 == await stored_accounts.estimate(core.db)
    assert await core.db["messages"].count_documents({}) == len(LINES)
    clock.forward(days=1)
    await fill_rooms(core, BORN)
    assert await core.db["messages"].count_documents({}) == 2 * len(LINES)


async def test_a_name_that_somebody_has_is_varied(core: Core) -> None:
    """Whoever had it before keeps it."""
    first = (await fill_rooms(core, BORN))[0]
    name = (await stored_accounts.by_email(core.db, first) or {})["username"]
    await core.db["accounts"].delete_many({})
    await join(core, name)
    await fill_rooms(core, BORN)
    made = await stored_accounts.by_email(core.db, first) or {}
    assert made["username"] == f"{name}0309"


@pytest.mark.parametrize("born", ["1992-02-29", "1999-12-31", "2000-01-01"])
async def test_an_unusual_birth_date_is_peopled_too(core: Core, born: str) -> None:
    """29 February, and days whose week began in another year."""
    assert len(await fill_rooms(core, stored(born))) == 12
