"""Fills a database with members and swipes for the benchmark of discovery."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from konektor import dates
from konektor.core import Core
from konektor.people import pair_index, pairing
from konektor.people.pairing import Step
from konektor.store import accounts, pairs
from konektor.store.ids import Id, new_id

MEMBERS, SWIPES = 100_000, 2_000
SKILLS = [f"skill {number}" for number in range(200)]
CITIES = [f"city {number}" for number in range(300)]
BEGUN = datetime.now(UTC) - timedelta(days=700)


def batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of that size."""
    everything = list(items)
    yield from (everything[begin : begin + size] for begin in range(0, len(everything), size))


@dataclass(frozen=True, slots=True)
class Filled:
    """The members who have swiped most: `ordered` those whom discovery shows first, `scattered` any."""

    ordered: list[Any]
    scattered: list[Any]


def _account(chance: random.Random, number: int) -> Any:
    """An account like those that people make."""
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(21_000))
    birth = dates.BirthDate(born.year, born.month, born.day)
    joined = BEGUN + timedelta(days=690) * (number / MEMBERS)
    member = Id(int(joined.timestamp()).to_bytes(4) + number.to_bytes(8))
    skills, city = chance.sample(SKILLS, 3), CITIES[int(len(CITIES) * chance.random() ** 3)]
    gender = chance.choice(["woman", "man", "woman", "man", "other"])
    return {
        "_id": member, "email": f"m{number}@example.org", "name": f"member-{number}", "username": f"member-{number}",
        "dob": str(birth), "labels": list(birth.labels), "week": birth.week, "year": birth.year, "month": birth.month,
        "day": birth.day, "state": "frozen" if chance.random() < 0.01 else "active", "role": "member", "badges": [],
        "password": None, "createdAt": joined, "skills": skills, "city": city, "gender": gender,
        "about": "I build bridges, and I play the piano badly. " * 3,
        "settings": {"discoverable": chance.random() > 0.03, "age": chance.random() > 0.1},
        "active": BEGUN + timedelta(hours=chance.randrange(700 * 24)),
        "find": {"skills": skills, "city": city, "gender": gender, "name": f"member-{number}"},
    }  # fmt: skip


def shared(mine: Any, other: Any) -> int:
    """How much two accounts share, by the weights of discovery but for friends in common."""
    same = [own == theirs for own, theirs in zip(mine["labels"], other["labels"], strict=True)]
    born = 32 if same[0] else 16 if same[1] else 8 if same[2] else 0
    skills = 4 * bool(set(mine["skills"]) & set(other["skills"]))
    return born + skills + 2 * (mine["city"] == other["city"])


def _swipes(chance: random.Random, member: Id, others: Sequence[Any]) -> Iterator[Any]:
    """The pairs of a member who has swiped the others."""
    for other in others:
        pair = pairs.empty(pairs.key(member, other["_id"]))
        step = Step(member, new_id(), BEGUN + timedelta(days=695))
        yield pair_index.indexed(pairing.swipe(pair, step, chance.choice(["right", "left", "left"])))


async def fill(core: Core, busy: int) -> Filled:
    """Members, those with many swipes, and a few swipes of everybody else."""
    chance = random.Random(11)
    made = [_account(chance, number) for number in range(MEMBERS)]
    for part in batched(made, 2_000):
        await accounts.insert_many(core.db, part)
    able = [account for account in made if account["state"] == "active"]
    found = Filled(*(chance.sample(able, busy) for _ in range(2)))
    stored: dict[bytes, Any] = {}
    for mine, others in (
        *((mine, sorted(made, key=lambda one, mine=mine: (-shared(mine, one), -int.from_bytes(one["_id"].binary))))
          for mine in found.ordered),
        *((mine, chance.sample(made, SWIPES + 1)) for mine in found.scattered),
        *((mine, chance.sample(made, 21)) for mine in chance.sample(made, 5_000)),
    ):  # fmt: skip
        apart = [other for other in others[: SWIPES + 1] if other is not mine]
        stored |= {pair["_id"]: pair for pair in _swipes(chance, mine["_id"], apart)}
    for part in batched(stored.values(), 2_000):
        await core.db["pairs"].insert_many(part, ordered=False)
    usual = [
        {"from": member, "to": other}
        for pair in stored.values()
        for member, other in (pairs.members(pair), pairs.members(pair)[::-1])
        if str(member) in pair["sides"]
    ]
    for part in batched(usual, 10_000):
        await core.db["usual_swipes"].insert_many(part, ordered=False)
    await core.db["usual_swipes"].create_index([("from", 1)])
    await core.db["accounts"].create_index([("state", 1), ("active", -1), ("_id", -1)])
    return found
