"""Sample members: a few with messages for development, and any number of them for load tests."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from konektor import dates
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import joining, sessions
from konektor.running.sample_circle import GROUPS, Sample
from konektor.running.sample_members import caller_of
from konektor.running.sample_people import fixed_people
from konektor.running.sample_profiles import describe
from konektor.running.sample_rooms import fill_rooms, make_all
from konektor.store import accounts as stored_accounts
from konektor.store import sessions as stored_sessions
from konektor.store import sponsors, streams, wallets
from konektor.store.ids import derived_id, new_id
from konektor.store.sponsors import AdDoc
from konektor.streams import Stream
from konektor.talk import messages

MESSAGES = (
    ("ada-may", "r:1990-05-17", "Anybody else turning another year older on Thursday?"),
    ("tomas", "r:1990-05-17", "Me! Same day, same year. I always thought I was the only one."),
    ("ada-may", "r:1990-05-17", "Eurovision final was the week before we were born. Toto Cutugno \U0001f3b6"),
    ("yuki", "r:05-17", "17 May from six years earlier says hello."),
    ("tomas", "r:05-17", "In Norway they put up flags for us."),
    ("noor", "r:1990", "Which song takes you straight back to school?"),
    ("ada-may", "r:1990", "Anything that came on a cassette."),
    ("leap-lea", "r:02-29", "My room is full once in four years and quiet in between. I like it."),
)
BORN = "1990-05-17"
"""The birth date around which sample members are made unless another one is given."""
LOAD_BALANCE = 10_000_000
"""Tokens of a member made for load tests."""
TOKEN_LIFE = timedelta(hours=12)
BATCH = 1_000


async def demo(core: Core, born: str = "", groups: Mapping[str, int] = GROUPS) -> list[Sample]:
    """Creates sample members, their messages and an ad, where they are missing; returns them.

    They surround the birth date `born`. Without it they surround BORN, and some more have a fixed date. BAD_REQUEST,
    UNDERAGE.
    """
    await sponsors.save(core.db, _ad(core))
    if born:
        return await fill_rooms(core, dates.parse(born, core.now().date()), groups)
    fixed = [Sample(person, person.born) for person in fixed_people()]
    await make_all(core, fixed)
    await describe(core, fixed)
    callers = {sample.person.key: await caller_of(core, sample.email) for sample in fixed}
    for number, (name, stream, body) in enumerate(MESSAGES):
        day = core.now().date().isoformat()
        await messages.send(core, callers[name], Stream.parse(stream), body, cid=f"demo-{day}-{number}")
    return [*fixed, *await fill_rooms(core, dates.stored(BORN), groups, fixed[:1])]


def _ad(core: Core) -> AdDoc:
    return {
        "_id": derived_id("demo ad"),
        "label": "Anniversary Bakery: a cake for everybody who shares your day",
        "imageUrl": "/static/img/sponsor-demo.svg",
        "url": "https://example.com/",
        "rooms": ["*"],
        "clickable": True,
        "validUntil": core.now() + timedelta(days=365),
        "status": "live",
        "views": 0,
        "clicks": 0,
    }


def _born(label: str, number: int) -> dates.BirthDate:
    """A birth date that matches the room; the parts that its label leaves open vary with the number."""
    kind = dates.kind(label)
    if kind == "date":
        return dates.stored(label)
    if kind == "day":
        return dates.stored(f"{1960 + number % 40 // 4 * 4}-{label}")
    if kind == "year":
        return dates.BirthDate(int(label), 1 + number % 12, 1 + number % 28)
    if kind == "week":
        return dates.stored(dates.days_of(label)[number % 7])
    raise Refused("BAD_REQUEST", f"{label!r} is not a room; a room is like 1990-05-17, 05-17, 1990 or 1990-W20.")


async def load_members(core: Core, count: int, label: str) -> list[str]:
    """Creates members of one room, who have tokens and cannot log in; returns an access token for each."""
    tokens: list[str] = []
    while len(tokens) < count:
        tokens += await _load(core, min(BATCH, count - len(tokens)), label)
    return tokens


async def _load(core: Core, count: int, label: str) -> list[str]:
    people, members, opened, counted = [], [], [], dict[str, int]()
    now = core.now()
    for number in range(count):
        member, run = new_id(), secrets.token_hex(5)
        account = joining.new_account(core, member, f"{run}@load.example", f"load-{run}", _born(label, number))
        account["state"] = "active"
        people.append(account)
        members.append(member)
        opened.append(sessions.new_session(new_id(), member, "client", "Load test", now, now + TOKEN_LIFE))
        for room in stored_accounts.rooms_of(account):
            name = Stream.room(room).name
            counted[name] = counted.get(name, 0) + 1
    await stored_accounts.insert_many(core.db, people)
    await wallets.insert_many(core.db, members, LOAD_BALANCE, now)
    await stored_sessions.insert_many(core.db, opened)
    await streams.make(core.db, list(counted))
    await streams.add_members(core.db, counted)
    return [sessions.access_token(core, item["member"], item["_id"], TOKEN_LIFE) for item in opened]
