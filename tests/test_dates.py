"""Dates of birth: the rooms they open, the age they give, and those that are refused."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.dates import BirthDate, days_of, kind, monday_of, parse, stored
from konektor.errors import Refused

TODAY = date(2026, 3, 14)
ADULTS = st.dates(date(1907, 1, 1), date(2008, 3, 14))


def code_of(text: str, today: date = TODAY) -> str:
    """The code that a date of birth is refused with."""
    with pytest.raises(Refused) as caught:
        parse(text, today)
    assert caught.value.details["field"] == "dob"
    return caught.value.code


def test_a_date_opens_three_rooms() -> None:
    """The very day, the birthday of any year, and the year."""
    assert parse("1990-05-07", TODAY).labels == ("1990-05-07", "05-07", "1990")


def test_a_leap_day_keeps_its_own_rooms() -> None:
    """29 February is neither the 28th nor 1 March, whatever the year is now."""
    assert parse("1992-02-29", TODAY).labels == ("1992-02-29", "02-29", "1992")


@given(ADULTS)
def test_a_date_survives_being_kept(day: date) -> None:
    """What is stored is what was typed, for every date there is."""
    born = parse(day.isoformat(), TODAY)
    assert (str(born), stored(str(born))) == (day.isoformat(), born)


@given(ADULTS)
def test_each_label_is_a_room_of_its_kind(day: date) -> None:
    """Nobody is given a room that the server would not know."""
    assert [kind(label) for label in stored(day.isoformat()).labels] == ["date", "day", "year"]


@given(st.dates(), st.integers(0, 50_000))
def test_age_counts_birthdays(day: date, later: int) -> None:
    """One is a year older with each birthday and never between two; a leap day's is 1 March in other years."""
    today = date.fromordinal(min(day.toordinal() + later, date.max.toordinal()))
    born = BirthDate(day.year, day.month, day.day)
    passed = [y for y in range(day.year + 1, today.year + 1) if birthday(day, y) <= today]
    assert born.age(today) == len(passed)


def birthday(day: date, year: int) -> date:
    """When somebody born on that day turns a year older in `year`."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def test_one_may_join_on_the_eighteenth_birthday() -> None:
    """The day itself counts."""
    assert parse("2008-03-14", TODAY).age(TODAY) == 18


def test_one_may_not_join_the_day_before() -> None:
    """One day short of 18 is too young."""
    assert code_of("2008-03-15") == "UNDERAGE"


def test_a_leapling_may_join_on_the_first_of_march() -> None:
    """18 years after a 29 February there is none, so the day behind it counts."""
    assert parse("2008-02-29", date(2026, 3, 1)).age(date(2026, 3, 1)) == 18


def test_a_leapling_may_not_join_on_the_last_of_february() -> None:
    """The 28th is still the day before."""
    assert code_of("2008-02-29", date(2026, 2, 28)) == "UNDERAGE"


@pytest.mark.parametrize(
    "text",
    [
        *("", "1990", "05-17", "1990-5-17", "90-05-17", "17.05.1990", "1990/05/17", "1990-05-17T00:00:00Z"),
        *("1990-05-17\n", " 1990-05-17", "1990-05-170", "-1990-05-17", "+990-05-17", "1990-05-1a", "１９９０-05-17"),
        *("١٩٩٠-٠٥-١٧", "1990-05-17\0", "\ud800990-05-17", "null"),
    ],
)
def test_another_way_of_writing_is_refused(text: str) -> None:
    """Only YYYY-MM-DD in plain digits is a date of birth."""
    assert code_of(text) == "BAD_REQUEST"


@pytest.mark.parametrize(
    "text",
    [
        *("1990-00-17", "1990-13-17", "1990-05-00", "1990-05-32", "1990-04-31", "1991-02-29", "1900-02-29"),
        *("0000-00-00", "9999-99-99"),
    ],
)
def test_a_day_outside_the_calendar_is_refused(text: str) -> None:
    """1900 was no leap year, and April has 30 days."""
    assert code_of(text) == "BAD_REQUEST"


@pytest.mark.parametrize("text", ["0000-01-01", "0000-02-29", "1904-01-01", "1905-03-14", "2026-03-15", "9999-12-31"])
def test_a_date_that_nobody_living_has_is_refused(text: str) -> None:
    """Older than 120 years, or not born yet."""
    assert code_of(text) == "BAD_REQUEST"


def test_the_oldest_may_join() -> None:
    """120 years are possible until the day before the 121st birthday."""
    assert parse("1905-03-15", TODAY).age(TODAY) == 120


def test_a_newborn_is_underage_and_not_impossible() -> None:
    """Born today is too young, and a date of birth all the same."""
    assert code_of(TODAY.isoformat()) == "UNDERAGE"


@given(st.text(max_size=12))
def test_any_text_is_answered(text: str) -> None:
    """Whatever somebody types is a birth date or a refusal, never a failure."""
    with contextlib.suppress(Refused):
        assert str(parse(text, TODAY)) == text


@pytest.mark.parametrize(
    "label",
    [
        *("", "90", "19900", "5-17", "05-32", "13-01", "00-10", "02-30", "1991-02-29", "1990-05", "1990-05-17 "),
        *("r:1990", "1990\n", "１９９０", "1990-05-17-1", "*", "$ne", "\0\0\0\0"),
    ],
)
def test_a_text_that_is_no_room_has_no_kind(label: str) -> None:
    """Nobody enters a room that no birth date opens."""
    assert kind(label) is None


def test_every_day_of_a_leap_year_has_a_room() -> None:
    """366 rooms of days, 29 February among them."""
    days = [date(2000, 1, 1) + timedelta(days=number) for number in range(366)]
    assert {kind(day.isoformat()[5:]) for day in days} == {"day"}


@pytest.mark.parametrize(
    ("day", "week"),
    [
        *(("1990-05-17", "1990-W20"), ("1990-05-14", "1990-W20"), ("1990-05-20", "1990-W20")),
        *(("1990-05-13", "1990-W19"), ("1990-05-21", "1990-W21")),
        # The first days of January may belong to the last week of the year before, the last of December to the next.
        *(
            ("2021-01-01", "2020-W53"),
            ("2021-01-03", "2020-W53"),
            ("2021-01-04", "2021-W01"),
            ("2020-12-31", "2020-W53"),
        ),
        *(
            ("2005-01-01", "2004-W53"),
            ("2006-01-01", "2005-W52"),
            ("2008-12-29", "2009-W01"),
            ("1999-12-31", "1999-W52"),
        ),
        *(
            ("2000-01-01", "1999-W52"),
            ("2000-01-03", "2000-W01"),
            ("1987-01-01", "1987-W01"),
            ("1976-12-31", "1976-W53"),
        ),
        *(
            ("1992-02-29", "1992-W09"),
            ("2000-02-29", "2000-W09"),
            ("2004-02-29", "2004-W09"),
            ("2004-03-01", "2004-W10"),
        ),
    ],
)
def test_a_week_is_counted_in_the_year_of_its_thursday(day: str, week: str) -> None:
    """As ISO 8601 has it, also at the turn of the year and around 29 February."""
    assert stored(day).week == week


@given(st.dates(date(1, 1, 1), date(9999, 12, 26)))
def test_everybody_is_born_in_one_of_the_seven_days_of_their_week(day: date) -> None:
    """Its label is a room, it begins on a Monday, and all born on its days share it."""
    week = stored(day.isoformat()).week
    days, monday = days_of(week), monday_of(week)
    assert (kind(week), monday and monday.isoweekday(), days.count(day.isoformat())) == ("week", 1, 1)
    assert {stored(other).week for other in days} == {week}


@given(st.integers(1, 9999), st.integers(0, 60))
def test_a_year_has_52_weeks_or_53(year: int, week: int) -> None:
    """The 53rd only when the year begins on a Thursday, or is a leap year that begins on a Wednesday."""
    first, last = date(year, 1, 1).isoweekday(), date(year, 12, 31).isoweekday()
    label = f"{year:04}-W{week:02}"
    assert kind(label) == ("week" if 1 <= week <= 52 + (4 in (first, last)) else None)


@pytest.mark.parametrize(
    "label",
    [
        *("1990-W53", "1990-W00", "1990-W1", "1990-w20", "1990W20", "1990-W020", "0000-W01", "90-W20", "1990-W20\n"),
        *("1990-W2０", "W20", "1990-W", " 1990-W20", "1990-W20-4"),
    ],
)
def test_a_text_that_is_no_week_opens_no_room(label: str) -> None:
    """1990 had 52 weeks, and a week has one spelling."""
    assert (kind(label), monday_of(label), days_of(label)) == (None, None, [])
