"""Fills a database with conversations for the benchmark of the search."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from konektor import dates
from konektor.core import Core
from konektor.store import accounts, messages, pairs
from konektor.store.ids import Id

MESSAGES, STREAMS, IN_ROOM = 1_000_000, 10_000, 20_000
TAKES_PART = {"30 conversations": 30, "150 conversations": 150, "500 conversations": 500}
"""The members who search, by the number of their conversations, each with 100 messages on average."""
ROOM = "r:1990-05-17"
COMMON = """
the to and you a i of it in that is we for on have be at this with not are so was what can do my if but as they will
just me all your know one good time think see go there now like would get how from then or when some out up make about
really want day people here more than back other could work today them over well only come look also great next thanks
maybe still where need birthday year again tomorrow much friend week right happy message evening always little photo
together before because something picture morning house music party dinner family weekend
"""
RARE = ["zebra", "saxophone", "quartz", "origami", "volcano"]
OTHERS = ["สวัสดีครับวันนี้อากาศดีมาก", "我今天在北京大学学习中文", "誕生日おめでとうございます"]


def _vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """The common words and 8 000 made-up ones, each as often as its rank says (Zipf), summed up."""
    syllables = [
        "ka",
        "lo",
        "mi",
        "ter",
        "san",
        "pri",
        "on",
        "de",
        "vu",
        "ran",
        "est",
        "ing",
        "har",
        "bel",
        "co",
        "shi",
    ]
    made = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(8_000)]
    every = [*COMMON.split(), *made]
    return every, list(accumulate(1 / rank for rank in range(1, len(every) + 1)))


def _bodies(chance: random.Random) -> Iterator[str]:
    every, weights = _vocabulary(chance)
    while True:
        said, place = chance.choices(every, cum_weights=weights, k=200_000), 0
        while place < len(said) - 30:
            size = chance.randint(1, 28)
            body, place = " ".join(said[place : place + size]), place + size
            if chance.random() < 0.0005:
                body += f" {chance.choice(RARE)}"
            yield chance.choice(OTHERS) if chance.random() < 0.03 else body


def _account(number: int) -> Any:
    """Somebody who was born on the day of the room."""
    born = dates.stored("1990-05-17")
    return {
        "_id": Id(), "email": f"m{number}@example.org", "name": f"member-{number}", "username": f"member-{number}",
        "dob": str(born), "labels": list(born.labels), "week": born.week, "year": born.year, "month": born.month,
        "day": born.day, "state": "active", "role": "member", "badges": [], "password": None,
        "createdAt": datetime.now(UTC), "settings": {},
    }  # fmt: skip


async def fill(core: Core, progress: Any) -> list[Any]:
    """Stores a million messages of a year; returns the accounts of the members who search, as in TAKES_PART."""
    chance, now = random.Random(1), datetime.now(UTC).replace(microsecond=0)
    searching = [_account(number) for number in range(len(TAKES_PART))]
    await accounts.insert_many(core.db, searching)
    names = [f"d:{number:024x}" for number in range(STREAMS)]
    free, takes_part = iter(names), dict[str, list[Id]]()
    for account, many in zip(searching, TAKES_PART.values(), strict=True):
        takes_part |= {next(free): [account["_id"], Id()] for _ in range(many)}
    rows = [{"_id": name, "kind": "d", "users": both, "at": now, "hint": 0} for name, both in takes_part.items()]
    await core.db["conversations"].insert_many(rows)
    await core.db["pairs"].insert_many([_pair(name, both) for name, both in takes_part.items()])
    await _say(core, chance, now, names, takes_part, progress)
    return searching


def _pair(stream: str, both: list[Id]) -> Any:
    """Two friends whose conversation has that name."""
    return {"_id": pairs.key(*both), "rev": 1, "sides": {}, "stream": stream, "friends": both}


async def _say(
    core: Core, chance: random.Random, now: datetime, names: list[str], takes_part: dict[str, list[Id]], progress: Any
) -> None:
    """The messages, oldest first; the index of the words is made at the end, which is several times faster."""
    words = next(index for index in messages.INDEXES["messages"] if "words" in index.document["key"])
    await core.db["messages"].drop_index(words.document["name"])
    heads, somebody = dict[str, int](), [Id()]
    bodies, waiting = _bodies(chance), list[Any]()
    for number in range(MESSAGES):
        in_room = number >= MESSAGES - IN_ROOM
        stream = ROOM if in_room else chance.choice(names)
        heads[stream] = heads.get(stream, 0) + 1
        ago = timedelta(hours=23) * ((MESSAGES - number) / IN_ROOM) if in_room else (
            timedelta(days=365) * ((MESSAGES - number) / MESSAGES)
        )  # fmt: skip
        at, writers = now - ago, takes_part.get(stream, somebody)
        doc: Any = {
            "_id": Id(), "stream": stream, "seq": heads[stream], "from": chance.choice(writers),
            "body": next(bodies), "at": at, "rev": 0, "cost": 0, "after": 0, "digest": b"x" * 16,
        }  # fmt: skip
        if in_room:
            doc |= {"expires": at + timedelta(hours=24), "purge": at + timedelta(hours=48)}
        waiting.append(doc)
        if len(waiting) == 1_000:
            await core.db["messages"].insert_many(messages.to_store(waiting), ordered=False)
            waiting.clear()
            if (number + 1) % 200_000 == 0:
                progress(f"{number + 1} messages")
    await core.db["messages"].create_indexes([words])
