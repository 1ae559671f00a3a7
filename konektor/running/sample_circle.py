"""Sample members around a birth date: people in each of its rooms, and what they have said there today."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from konektor import dates
from konektor.core import Core
from konektor.dates import BirthDate
from konektor.errors import Refused
from konektor.running.sample_members import PASSWORD, OneHash, caller_of, make
from konektor.streams import Stream
from konektor.talk import messages

NAMES = (
    *("mira", "jonas", "leila", "emeka", "sofie", "kenji", "ines", "pavel", "amara", "lukas", "noemi", "tariq"),
    *("hanna", "diego", "anouk", "ravi", "elif", "marta", "oskar", "yara", "felix", "nadia", "bruno", "aiko"),
    *("selma", "hugo", "zuri", "timo", "clara", "omar", "greta", "ivan", "lucia", "sami", "freya", "mateo"),
    *("ida", "karim", "vera", "nils", "alma", "joao", "ruta", "milo", "esra", "piotr", "lina", "tunde"),
)
GROUPS = {"date": 4, "day": 3, "year": 3, "week": 2}
"""How many share the date, the day of another year, the year, and the week."""
LINES = (
    ("date", 0, "date", "Hello, everybody of {day} {year}. I was sure I would be alone in here."),
    ("date", 1, "date", "Same day, same year: we were all asleep in a cradle at the same time."),
    ("date", 2, "date", "It was a {weekday}, says my mother, and it rained."),
    ("date", 0, "date", "It was sunny where I was born. Which of you is a morning person?"),
    ("day", 0, "day", "{day} of another year says hello."),
    ("day", 1, "day", "I like sharing the day: half the cake, twice the candles."),
    ("date", 1, "day", "Party or peace and quiet, what do you do on the day itself?"),
    ("year", 0, "year", "Who else is from {year}? I was last in the alphabet and in every queue."),
    ("year", 1, "year", "Which song was always on the radio when we were ten?"),
    ("date", 3, "year", "Whatever it was, my sister sang it every day."),
    ("week", 0, "week", "One week in {year}: we could have been neighbours in the maternity ward."),
    ("date", 0, "week", "I had the {weekday} of that week. Who had the weekend?"),
)
"""Who speaks (group and number), in which of the rooms, and what."""


def _acceptable(days: Iterable[str], today: date, count: int) -> list[str]:
    """The first days that somebody who joins today may be born on."""

    def checked() -> Iterator[str]:
        for day in days:
            with suppress(Refused):
                yield str(dates.parse(day, today))

    return list(islice(checked(), count))


def circle(born: BirthDate, today: date) -> dict[str, list[str]]:
    """The birth dates of the sample members, by what they share with `born`; close to the age of 18 there are fewer."""
    first, week = date(born.year, 1, 1), dates.days_of(born.week)
    number = (date(born.year, born.month, born.day) - first).days
    candidates: dict[str, Iterable[str]] = {
        "date": [str(born)] * GROUPS["date"],
        # Years that are a multiple of four apart, so that 29 February exists in them too.
        "day": (f"{born.year + years:04}-{born.labels[1]}" for years in (-4, 8, -12, 4, 12, -8, -16, -20)),
        "year": (
            day
            for days in (61, 140, 230, 300, 20, 95, 180)
            if (day := str(first + timedelta(days=(number + days) % 365))) not in week
        ),
        "week": (day for day in week if day != str(born)),
    }
    return {group: _acceptable(candidates[group], today, count) for group, count in GROUPS.items()}


async def fill_rooms(core: Core, born: BirthDate) -> list[str]:
    """Makes sample members in the rooms of a birth date, with messages of today, where they are missing.

    Returns their e-mail addresses.
    """
    name = islice(NAMES * 2, date(born.year, born.month, born.day).toordinal() * 12 % len(NAMES), None)
    people = {group: [(next(name), day) for day in days] for group, days in circle(born, core.now().date()).items()}
    emails = {group: [f"{name}.{day}@demo.example" for name, day in found] for group, found in people.items()}
    quick = replace(core, passwords=OneHash(core.passwords, await core.passwords.hash(PASSWORD)))
    await asyncio.gather(
        *(
            make(quick, emails[group][number], [f"{name}-{day[2:4]}", f"{name}-{day[2:].replace('-', '')}"], day)
            for group, found in people.items()
            for number, (name, day) in enumerate(found)
        )
    )
    await _talk(core, born, emails)
    return [email for found in emails.values() for email in found]


async def _talk(core: Core, born: BirthDate, emails: dict[str, list[str]]) -> None:
    """Sends the messages of today that are missing."""
    day, label = date(born.year, born.month, born.day), dict(zip(GROUPS, (*born.labels, born.week), strict=True))
    words = {"day": f"{day.day} {day:%B}", "year": day.year, "weekday": f"{day:%A}"}
    for place, (group, number, room, line) in enumerate(LINES):
        if number < len(emails[group]):
            caller, cid = await caller_of(core, emails[group][number]), f"demo-{core.now():%Y%m%d}-{born}-{place}"
            await messages.send(core, caller, Stream.room(label[room]), line.format(**words), cid=cid)
