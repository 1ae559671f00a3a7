"""Who the sample members around a birth date are: people who share the date with it, the day, the year, or the week."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from konektor import dates
from konektor.dates import BirthDate
from konektor.errors import Refused
from konektor.running.sample_people import ROTATED, Person, people

GROUPS = {"date": 14, "day": 12, "year": 16, "week": 6, "other": 12}
"""How many share the date, the day of another year, the year, the week, and nothing of these."""
FIRST = {"date": 4, "day": 3, "year": 3, "week": 2, "other": 0}
"""Those of each group who come first; earlier versions made no others."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample member: who it is, and when they were born."""

    person: Person
    born: str

    @property
    def email(self) -> str:
        """The address to log in with."""
        name = self.person.key if self.person.born else f"{self.person.key}.{self.born}"
        return f"{name}@demo.example"

    @property
    def usernames(self) -> list[str]:
        """The usernames to try one after the other."""
        if self.person.born:
            return [self.person.key]
        return [f"{self.person.key}-{part}" for part in (self.born[2:4], self.born[2:].replace("-", ""))]


Circle = Mapping[str, list[Sample]]
"""Sample members by what they share with a birth date."""


def _acceptable(days: Iterable[str], today: date, count: int) -> list[str]:
    """The first days that somebody who joins today may be born on."""

    def checked() -> Iterator[str]:
        for day in days:
            with suppress(Refused):
                yield str(dates.parse(day, today))

    return list(islice(checked(), count))


def birth_dates(born: BirthDate, today: date, groups: Mapping[str, int] = GROUPS) -> dict[str, list[str]]:
    """The birth dates of the sample members, by what they share with `born`; close to the age of 18 there are fewer."""
    day, first, week = date(born.year, born.month, born.day), date(born.year, 1, 1), dates.days_of(born.week)
    number = (day - first).days
    others = (day + timedelta(days=step * 397 + 211) for far in range(40) for step in (-far, far))
    candidates: dict[str, Iterable[str]] = {
        "date": [str(born)] * groups["date"],
        # Years that are a multiple of four apart, so that 29 February exists in them too.
        "day": (f"{born.year + years:04}-{born.labels[1]}" for years in _NEAR_YEARS),
        "year": (
            near for days in _DAYS_LATER if (near := str(first + timedelta(days=(number + days) % 365))) not in week
        ),
        "week": [near for near in week if near != str(born)] * 2,
        "other": (
            str(other)
            for other in others
            if other.year != born.year and (other.month, other.day) != (born.month, born.day) and str(other) not in week
        ),
    }
    return {group: _acceptable(candidates[group], today, count) for group, count in groups.items()}


_NEAR_YEARS = (-4, 8, -12, 4, 12, -8, -16, -20, 16, 20, -24, -28, 24, 28, -32, 32, -36, 36, 40, -40, 44, 48, -44, -48)
_DAYS_LATER = (61, 140, 230, 300, 20, 95, 180, 35, 115, 250, 160, 320, 75, 205, 275, 345, 45, 125, 190, 215, 260, 335)


def circle(born: BirthDate, today: date, groups: Mapping[str, int] = GROUPS) -> Circle:
    """The sample members around a birth date, by group; who is close to it depends on the date."""
    turn = date(born.year, born.month, born.day).toordinal() * 12 % ROTATED
    everybody = people()
    turns = iter([*everybody[turn:ROTATED], *everybody[:turn], *everybody[ROTATED:]])
    days = birth_dates(born, today, groups)
    first = {group: [Sample(next(turns), day) for day in days[group][: FIRST[group]]] for group in groups}
    return {
        group: [*first[group], *(Sample(next(turns), day) for day in days[group][FIRST[group] :])] for group in groups
    }
