"""Direct messages beside the Node peer on the same mongod: signed in, allowed, numbered, stored, told to both, acked.

The two of each pair are connected and have one message on its way each. Nothing is pinned here.
"""

import secrets
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pymongo
from bson import ObjectId

from benchmarks import message_path
from benchmarks.load import Figures, load
from benchmarks.message_path import BODY, KONEKTOR, NODE, SIDES, Ready
from benchmarks.processes import mongod
from benchmarks.report import Result
from benchmarks.rounds import Effort, in_turn
from konektor.people import pair_index, pairing
from konektor.people.pairing import Step
from konektor.store import pairs

WANTED = {1: 1.0, 20: 3.0, 100: 5.0}
"""How many times the peer's acks/s, by the number of pairs."""

Document = dict[str, Any]
Befriend = Callable[[ObjectId, ObjectId], Document]
"""What a side stores of two friends; it has their `stream`, or is named by it."""


def friends(one: ObjectId, two: ObjectId) -> Document:
    """Two friends as Konektor stores them."""
    pair = pairs.empty(pairs.key(one, two))
    for member in (one, two):
        pair = pairing.swipe(pair, Step(member, ObjectId(), datetime.now(UTC), ObjectId()), "right")
    return dict(pair_index.indexed(pair))


def friends_peer(one: ObjectId, two: ObjectId) -> Document:
    """The same as the peer stores it."""
    return {"_id": f"d:{ObjectId()}", "users": [one, two], "seq": 0}


def prepare(ready: Ready, collection: Any, befriend: Befriend) -> Path:
    """Makes friends of the first two members, the next two, and so on; a file with the stream of each member."""
    tokens = ready.tokens.read_text().split()
    members = [ObjectId(jwt.decode(token, options={"verify_signature": False})["sub"]) for token in tokens]
    made = [befriend(*two) for two in zip(members[::2], members[1::2], strict=True)]
    collection.insert_many(made)
    streams = [str(pair.get("stream", pair["_id"])) for pair in made]
    file = ready.tokens.with_suffix(".streams")
    file.write_text("\n".join(stream for stream in streams for _ in range(2)))
    return file


def measure(ready: Ready, streams: Path, count: int, effort: Effort) -> Figures:
    """One run: both of each of the first pairs have one message on its way."""
    said = f'["message:send",{{"stream":"%s","body":"{BODY}","cid":"{secrets.token_hex(6)}-%d"}}]'
    what = {"mode": "ack", "clients": 2 * count, "tokens": ready.tokens, "texts": streams, "emit": said}
    return load(ready.server, what | {"seconds": effort.seconds, "warm": effort.warm}, alone=False)


def run(effort: Effort) -> Result:
    """Measures both sides on a replica set of one, where an ack means the same on both."""
    members = 2 * max(WANTED)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="konektor-bench-")))
        uri = stack.enter_context(mongod(replicated=True))
        client = stack.enter_context(pymongo.MongoClient[Document](uri))
        ready = {
            KONEKTOR: stack.enter_context(message_path.konektor(uri, scratch, members)),
            NODE: stack.enter_context(message_path.peer(uri, scratch, members)),
        }
        client["konektor"]["accounts"].update_many({}, {"$set": {"plan": "premium"}})
        streams = {
            KONEKTOR: prepare(ready[KONEKTOR], client["konektor"]["pairs"], friends),
            NODE: prepare(ready[NODE], client["peer"]["conversations"], friends_peer),
        }
        client["peer"]["friends"].insert_many(client["peer"]["conversations"].find({}, {"users": 1}).to_list())
        cases = {case(count): count for count in WANTED}
        runs = in_turn(
            list(cases),
            SIDES,
            effort.rounds,
            lambda name, side: measure(ready[side], streams[side], cases[name], effort),
        )
    return message_path.result(runs, WANTED, "Direct messages stored, told and acked, the Node peer = 1", case)


def case(count: int) -> str:
    """The name of the case with so many pairs."""
    return f"{count} pair{'s' if count > 1 else ''}"
