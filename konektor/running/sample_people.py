"""The people that sample members are: what they say about themselves, read from sample_people.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody that a sample member is."""

    key: str
    """The first part of the username and of the e-mail address."""
    first_name: str
    last_name: str
    gender: str
    palette: str
    """Of the portrait: see portraits/looks.py."""
    city: str
    skills: tuple[str, ...]
    about: str
    status: str
    born: str
    """The date of birth; empty for those who get one from the date that they are made around."""
    badges: tuple[str, ...]
    premium: bool
    hides: tuple[str, ...]
    """The settings that are off."""
    picture: bool

    @property
    def profile(self) -> dict[str, str | list[str]]:
        """The fields of the profile."""
        return {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "gender": self.gender,
            "city": self.city,
            "skills": list(self.skills),
            "about": self.about,
            "status": self.status,
        }


def _person(key: str, written: Mapping[str, Any]) -> Person:
    first, last = written["name"].split(" ", 1)
    return Person(
        key=key,
        first_name=first,
        last_name=last,
        gender=written["gender"],
        palette=written["palette"],
        city=written["city"],
        skills=tuple(written["skills"]),
        about=written["about"],
        status=written["status"],
        born=written.get("born", ""),
        badges=tuple(written.get("badges", ())),
        premium=written.get("premium", False),
        hides=tuple(written.get("hides", ())),
        picture=written.get("picture", True),
    )


ROTATED = 48
"""So many of `people` take turns in who is closest to the date; the others follow."""


@cache
def _everybody() -> tuple[Person, ...]:
    """All of the file, which is read when somebody is needed of it first."""
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf8"))
    return tuple(_person(key, person) for key, person in written.items())


def people() -> tuple[Person, ...]:
    """Those who are made around a date."""
    return tuple(person for person in _everybody() if not person.born)


def fixed_people() -> tuple[Person, ...]:
    """Those with a date of birth of their own."""
    return tuple(person for person in _everybody() if person.born)
