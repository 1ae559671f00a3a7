"""Who is around a birth date: people for every room of it, and those of earlier versions keep their names."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from konektor.dates import days_of, stored
from konektor.running.sample_circle import FIRST, GROUPS, birth_dates, circle
from konektor.running.sample_people import people

TODAY = date(2026, 3, 14)
BORN = stored("1988-03-09")


@given(st.dates(date(1930, 1, 1), date(2000, 12, 31)))
def test_a_circle_has_people_for_every_room(born: date) -> None:
    """Each shares with the birth date what their group says, also around 29 February and at the turn of the year."""
    whole = stored(born.isoformat())
    found = birth_dates(whole, TODAY)
    assert {group: len(days) for group, days in found.items()} == GROUPS
    assert set(found["date"]) == {str(whole)}
    assert {day[5:] for day in found["day"]} == {whole.labels[1]}
    assert {day[:4] for day in found["year"]} == {whole.labels[2]}
    assert set(found["week"]) <= set(days_of(whole.week)) - {str(whole)}
    assert str(whole) not in {*found["day"], *found["year"]}
    assert not any({*stored(day).labels, stored(day).week} & {*whole.labels, whole.week} for day in found["other"])


def test_nobody_in_a_circle_is_too_young() -> None:
    """Who turns 18 today has fewer around them."""
    found = birth_dates(stored("2008-03-14"), TODAY)
    assert len(found["date"]) == GROUPS["date"]
    assert all(stored(day).age(TODAY) >= 18 for days in found.values() for day in days)


def test_sixty_people_are_around_a_date() -> None:
    """Each of them once, with one address; another date has others closest to it."""
    found = [sample for group in circle(BORN, TODAY).values() for sample in group]
    assert {sample.person for sample in found} == set(people())
    assert len({sample.email for sample in found}) == len(found) == 60
    assert circle(BORN, TODAY)["date"][0].person != circle(stored("1988-03-10"), TODAY)["date"][0].person


def test_members_of_an_earlier_version_are_found_again() -> None:
    """The first dozen has the addresses that it has always had, whether the others are made or not."""
    expected = [
        "hanna.1988-03-09", "diego.1988-03-09", "anouk.1988-03-09", "ravi.1988-03-09", "elif.1984-03-09",
        "marta.1996-03-09", "oskar.1976-03-09", "yara.1988-05-09", "felix.1988-07-27", "nadia.1988-10-25",
        "bruno.1988-03-07", "aiko.1988-03-08",
    ]  # fmt: skip
    for groups in (GROUPS, FIRST):
        found = circle(BORN, TODAY, groups)
        first = [sample for group in GROUPS for sample in found[group][: FIRST[group]]]
        assert [sample.email for sample in first] == [f"{name}@demo.example" for name in expected]
    assert found["date"][0].usernames == ["hanna-88", "hanna-880309"]
