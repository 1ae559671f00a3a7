"""Dates of birth: three integers, never a timestamp, so that no time zone can change a member's rooms."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from konektor.errors import Refused

RoomKind = Literal["date", "day", "year"]
"""The kinds of a member's own three rooms."""
MoreKind = Literal["week"]
"""The kinds of rooms beyond those."""
ADULT = 18
_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LABEL = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})|([0-9]{4})")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A day in the Gregorian calendar."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    @property
    def labels(self) -> tuple[str, str, str]:
        """The rooms of this date: same day of the same year, same day of any year, same year."""
        return (str(self), f"{self.month:02}-{self.day:02}", f"{self.year:04}")

    @property
    def week(self) -> str:
        """The ISO week from Monday to Sunday, in the year that its Thursday is in: 2021-01-01 is in 2020-W53."""
        year, week, _ = date(self.year, self.month, self.day).isocalendar()
        return f"{year:04}-W{week:02}"

    def age(self, today: date) -> int:
        """Whole years on that day. Born on 29 February, one turns a year older on 1 March of other years."""
        return today.year - self.year - ((today.month, today.day) < (self.month, self.day))


def parse(text: str, today: date) -> BirthDate:
    """The date of birth of a person who may join, from `YYYY-MM-DD`; Refused says why it is not accepted."""
    match = _TEXT.fullmatch(text)
    if not text:
        raise Refused("BAD_REQUEST", "Enter your date of birth.", field="dob")
    if not match:
        raise Refused("BAD_REQUEST", "Write your date of birth as YYYY-MM-DD, for example 1990-05-17.", field="dob")
    born = BirthDate(*map(int, match.groups()))
    if not 1 <= born.month <= 12 or not 1 <= born.day <= monthrange(max(born.year, 1), born.month)[1]:
        raise Refused("BAD_REQUEST", "That day is not in the calendar.", field="dob")
    if born.age(today) > 120 or (born.year, born.month, born.day) > (today.year, today.month, today.day):
        raise Refused("BAD_REQUEST", "That cannot be a date of birth.", field="dob")
    if born.age(today) < ADULT:
        raise Refused("UNDERAGE", f"You must be {ADULT} or over to join Konektor.", field="dob")
    return born


def stored(text: str) -> BirthDate:
    """The date of birth that an account stores as `YYYY-MM-DD`."""
    return BirthDate(*map(int, text.split("-")))


def monday_of(week: str) -> date | None:
    """The Monday of a week such as `1990-W20`; None for a text that names no week."""
    match = _WEEK.fullmatch(week)
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:  # the year has no such week
        return None


def days_of(week: str) -> list[str]:
    """The seven dates of a week as `YYYY-MM-DD`; none for a text that names no week."""
    monday = monday_of(week)
    return [(monday + timedelta(days=number)).isoformat() for number in range(7)] if monday else []


def kind(label: str) -> RoomKind | MoreKind | None:
    """`date`, `day`, `year` or `week` for a label that a room can have; None for any other text."""
    match = _LABEL.fullmatch(label)
    if not match:
        return "week" if monday_of(label) else None
    year, month, day, year_only = match.groups()
    if year_only:
        return "year"
    # A day of any year may be 29 February; 2000 stands for "some leap year".
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= monthrange(max(int(year or 2000), 1), int(month))[1]:
        return None
    return "date" if year else "day"
