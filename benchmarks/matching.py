"""Swipes beside the Node peer on the same mongod: signed in, counted, stored, told to both, acked.

The nth client swipes the members with the numbers n, n + clients, and so on. Nothing is pinned here.
"""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import jwt
import pymongo
from bson import ObjectId

from benchmarks import message_path
from benchmarks.load import Figures, load
from benchmarks.message_path import KONEKTOR, NODE, SIDES, Ready, case
from benchmarks.processes import mongod
from benchmarks.report import Result
from benchmarks.rounds import Effort, in_turn
from konektor.people import pair_index, pairing
from konektor.people.pairing import Step
from konektor.store import pairs

WANTED = {1: 1.0, 20: 2.0, 100: 4.0}
"""How many times the peer's acks/s, by the number of clients."""
FASTEST = 8_000
"""Members for every second of load: more than any side swipes."""
CROSSING = 10
"""Every so many members have swiped whoever swipes them."""

Document = dict[str, Any]
Database = pymongo.database.Database[Document]
Crossed = Callable[[ObjectId, ObjectId], Document]
"""What a side has stored when the first member has swiped the second."""


@dataclass(frozen=True, slots=True)
class Side:
    """A running server, with clients of whom each run takes the next, and where it stores swipes."""

    ready: Ready
    tokens: Iterator[str]
    database: Database
    collection: str
    crossed: Crossed


@dataclass(frozen=True, slots=True)
class Swiped:
    """The members who are swiped; on both sides they have the same ids."""

    prefix: str
    count: int

    def member(self, number: int) -> ObjectId:
        """The id of a member; its end is the number."""
        return ObjectId(f"{self.prefix}{number:08d}")


def crossed(one: ObjectId, two: ObjectId) -> Document:
    """The pair of two members, the first of whom has swiped the second."""
    asked = Step(one, ObjectId(), datetime.now(UTC), ObjectId())
    return dict(pair_index.indexed(pairing.swipe(pairs.empty(pairs.key(one, two)), asked, "right")))


def crossed_peer(one: ObjectId, two: ObjectId) -> Document:
    """The same as the peer stores it."""
    return {"from": one, "to": two, "dir": "right", "at": datetime.now(UTC)}


def konektor_side(ready: Ready, database: Database, swiped: Swiped) -> Side:
    """Konektor, with premium members, and with those who are swiped: accounts like those of its clients."""
    accounts = database["accounts"]
    accounts.update_many({}, {"$set": {"plan": "premium"}})
    like = accounts.find_one()
    assert like
    accounts.insert_many(
        {
            **like,
            "_id": swiped.member(n),
            "email": f"{n}@load.example",
            "name": f"swiped-{n}",
            "username": f"swiped-{n}",
        }
        for n in range(swiped.count)
    )
    return Side(ready, _tokens(ready), database, "pairs", crossed)


def _tokens(ready: Ready) -> Iterator[str]:
    return iter(ready.tokens.read_text().split())


def measure(side: Side, swiped: Swiped, clients: int, effort: Effort) -> Figures:
    """One run, with clients who have not swiped before: each has one swipe on its way."""
    tokens = [next(side.tokens) for _ in range(clients)]
    members = [ObjectId(jwt.decode(token, options={"verify_signature": False})["sub"]) for token in tokens]
    numbers = (
        (n, members[n % clients])
        for turn in count(CROSSING - 1, CROSSING)
        for n in range(turn * clients, (turn + 1) * clients)
    )
    meeting = []
    for number, member in numbers:
        if number >= swiped.count:
            break
        meeting.append(side.crossed(swiped.member(number), member))
    side.database[side.collection].insert_many(meeting)
    file = side.ready.tokens.with_suffix(".run")
    file.write_text("\n".join(tokens))
    swipe = f'["swipe:send",{{"userId":"{swiped.prefix}%d","dir":"right","cid":"{secrets.token_hex(6)}-%d"}}]'
    what = {"mode": "ack", "clients": clients, "tokens": file, "emit": swipe}
    return load(side.ready.server, what | {"seconds": effort.seconds, "warm": effort.warm}, alone=False)


def run(effort: Effort) -> Result:
    """Measures both sides on a replica set of one, where an ack means the same on both."""
    members = effort.rounds * sum(WANTED)
    swiped = Swiped(secrets.token_hex(8), int(FASTEST * (effort.seconds + effort.warm)))
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="konektor-bench-")))
        uri = stack.enter_context(mongod(replicated=True))
        client = stack.enter_context(pymongo.MongoClient[Document](uri))
        ours, theirs = (
            stack.enter_context(made(uri, scratch, members)) for made in (message_path.konektor, message_path.peer)
        )
        sides = {
            KONEKTOR: konektor_side(ours, client["konektor"], swiped),
            NODE: Side(theirs, _tokens(theirs), client["peer"], "swipes", crossed_peer),
        }
        cases = {case(clients): clients for clients in WANTED}
        runs = in_turn(
            list(cases), SIDES, effort.rounds, lambda name, side: measure(sides[side], swiped, cases[name], effort)
        )
    return message_path.result(runs, WANTED, "Swipes counted, stored, told and acked, the Node peer = 1")
