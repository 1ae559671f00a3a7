"""What sample members around a birth date have said in its rooms today."""

from datetime import date

from konektor.core import Core
from konektor.dates import BirthDate
from konektor.running.sample_circle import Circle
from konektor.running.sample_members import caller_of
from konektor.streams import Stream
from konektor.talk import messages

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


async def talk(core: Core, born: BirthDate, circle: Circle) -> None:
    """Sends the messages of today that are missing."""
    day = date(born.year, born.month, born.day)
    label = dict(zip(("date", "day", "year", "week"), (*born.labels, born.week), strict=True))
    words = {"day": f"{day.day} {day:%B}", "year": day.year, "weekday": f"{day:%A}"}
    for place, (group, number, room, line) in enumerate(LINES):
        if number < len(circle[group]):
            caller = await caller_of(core, circle[group][number].email)
            cid = f"demo-{core.now():%Y%m%d}-{born}-{place}"
            await messages.send(core, caller, Stream.room(label[room]), line.format(**words), cid=cid)
