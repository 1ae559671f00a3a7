"""Pairs: one document for every two members who have swiped, asked, befriended or blocked each other."""

import asyncio
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict, cast

from bson import ObjectId
from pymongo import IndexModel, ReplaceOne

from konektor.ports import Database
from konektor.store.database import insert_new

INDEXES = {
    "pairs": [
        IndexModel([("inbox", 1), ("request._id", -1)], partialFilterExpression={"inbox": {"$exists": True}}),
        IndexModel([("outbox", 1), ("request._id", -1)], partialFilterExpression={"outbox": {"$exists": True}}),
        IndexModel([("friends", 1), ("_id", 1)], partialFilterExpression={"friends": {"$exists": True}}),
        IndexModel([("blocked", 1), ("_id", 1)], partialFilterExpression={"blocked": {"$exists": True}}),
        IndexModel([("blockers", 1)], partialFilterExpression={"blockers": {"$exists": True}}),
        IndexModel(
            [("returns.member", 1), ("returns.at", 1), ("_id", 1)],
            partialFilterExpression={"returns": {"$exists": True}},
        ),
        IndexModel([("matched", 1)], partialFilterExpression={"matched": {"$exists": True}}),
        IndexModel([("stream", 1)], unique=True, partialFilterExpression={"stream": {"$exists": True}}),
        IndexModel([("request._id", 1)], unique=True, partialFilterExpression={"request._id": {"$exists": True}}),
    ]
}

Direction = Literal["right", "left"]


Done = TypedDict("Done", {"op": ObjectId, "try": ObjectId})
"""A swipe that was made, and the payment that it was made with."""


class Side(TypedDict, total=False):
    """What one of the two has done."""

    dir: Direction
    """Their last swipe, `at` when, and the `op` of the request that made it."""
    at: datetime
    op: ObjectId
    done: "list[Done]"
    """The last swipes that were made, for repeats."""
    declined: datetime
    """When they have declined a request of the other last."""
    undone: ObjectId
    """The payment of the last undo."""
    back: datetime
    """When their swipe was undone, so that the other is shown to them again."""
    blocked: datetime
    """Since when they block the other; without it they do not."""


class RequestDoc(TypedDict):
    """A request to become friends."""

    _id: ObjectId
    by: ObjectId
    at: datetime
    note: NotRequired[str]
    reviewed: NotRequired[ObjectId]
    """The op that declined it."""
    declined: NotRequired[bool]
    """Whether the other has declined it, which whoever made it does not learn."""


class Returning(TypedDict):
    """A member to whom the other is shown again in discovery from that time on."""

    member: ObjectId
    at: datetime


class Pair(TypedDict):
    """Two members. `rev` counts the changes; the fields from `inbox` on are for the indexes (people/pair_index.py)."""

    _id: bytes
    """The two ids, the lower one first."""
    rev: int
    sides: dict[str, Side]
    """By the id of the member."""
    request: NotRequired[RequestDoc]
    stream: NotRequired[str]
    """Their direct conversation, once they have become friends."""
    since: NotRequired[datetime]
    """When they became friends; without it they are none."""
    matched: NotRequired[ObjectId]
    """The op of the request that made them friends."""
    inbox: NotRequired[ObjectId]
    """Who has the request in their inbox."""
    outbox: NotRequired[ObjectId]
    friends: NotRequired[list[ObjectId]]
    blocked: NotRequired[list[ObjectId]]
    """Both, if one of them blocks the other."""
    blockers: NotRequired[list[ObjectId]]
    """Those of the two who block the other."""
    returns: NotRequired[list[Returning]]


def key(one: ObjectId, two: ObjectId) -> bytes:
    """The `_id` of the pair of two members."""
    return min(one, two).binary + max(one, two).binary


def empty(key: bytes) -> Pair:
    """Two members who have nothing to do with each other yet, by the key of their pair."""
    return {"_id": key, "rev": 0, "sides": {}}


def other(pair: Pair, member: ObjectId) -> ObjectId:
    """The one of the pair who is not `member`."""
    low, high = members(pair)
    return high if member == low else low


def members(pair: Pair) -> list[ObjectId]:
    """The two members."""
    return [ObjectId(pair["_id"][:12]), ObjectId(pair["_id"][12:])]


async def get(db: Database, keys: list[bytes]) -> dict[bytes, Pair]:
    """Those of the pairs that exist."""
    return {pair["_id"]: pair async for pair in db["pairs"].find({"_id": {"$in": keys}})}


async def replace(db: Database, pairs: list[Pair]) -> set[bytes]:
    """Stores pairs, each only if nobody has changed it since it was read: if the stored `rev` is the one before, or if
    there is none and `rev` is 1. Returns the keys of those that were not stored. Durable.
    """
    new, known = ([pair for pair in pairs if (pair["rev"] == 1) is first] for first in (True, False))
    refused = await asyncio.gather(_insert(db, new), _replace(db, known), return_exceptions=True)
    for error in refused:
        if isinstance(error, BaseException):
            raise error
    return set[bytes]().union(*cast(list[set[bytes]], refused))


async def _insert(db: Database, pairs: list[Pair]) -> set[bytes]:
    """Stores pairs that are new; returns the keys of those that exist."""
    if not pairs:
        return set()
    return {pairs[place]["_id"] for place in await insert_new(db["pairs"], pairs)}


async def _replace(db: Database, pairs: list[Pair]) -> set[bytes]:
    """Stores pairs that exist; returns the keys of those that somebody has changed."""
    if not pairs:
        return set()
    attempt = ObjectId()
    writes = [ReplaceOne({"_id": pair["_id"], "rev": pair["rev"] - 1}, {**pair, "try": attempt}) for pair in pairs]
    done = await db["pairs"].bulk_write(writes, ordered=False)
    if done.matched_count == len(pairs):
        return set()
    keys = {pair["_id"] for pair in pairs}
    stored = db["pairs"].find({"_id": {"$in": list(keys)}, "try": attempt}, {"_id": 1})
    return keys - {pair["_id"] async for pair in stored}


async def by_stream(db: Database, stream: str) -> Pair | None:
    """The pair whose direct conversation it is."""
    pair: Pair | None = await db["pairs"].find_one({"stream": stream})
    return pair


async def by_streams(db: Database, streams: list[str]) -> dict[str, Pair]:
    """The pairs whose direct conversations these are: who they are, and whether they are friends (`since`)."""
    if not streams:
        return {}
    found = db["pairs"].find({"stream": {"$in": streams}}, {"stream": 1, "since": 1})
    return {pair["stream"]: pair for pair in await found.batch_size(len(streams)).to_list()}


async def by_request(db: Database, request: ObjectId) -> Pair | None:
    """The pair with that request."""
    pair: Pair | None = await db["pairs"].find_one({"request._id": request})
    return pair


async def by_match(db: Database, op: ObjectId) -> Pair | None:
    """The pair that became friends by that op, and still are."""
    pair: Pair | None = await db["pairs"].find_one({"matched": op})
    return pair


async def requests(
    db: Database, member: ObjectId, box: Literal["inbox", "outbox"], before: ObjectId | None, limit: int
) -> list[Pair]:
    """The pairs with a request in the member's box, the newest first, from the one before the request `before` on."""
    query: dict[str, Any] = {box: member, **({"request._id": {"$lt": before}} if before else {})}
    found: list[Pair] = await db["pairs"].find(query).sort("request._id", -1).limit(limit).to_list(limit)
    return found


async def blocked_by(db: Database, member: ObjectId, limit: int) -> list[Pair]:
    """The pairs of the member with those whom they block."""
    found: list[Pair] = await db["pairs"].find({"blockers": member}, {"sides": 1}).limit(limit).to_list(limit)
    return found


async def count_blocked(db: Database, member: ObjectId, most: int) -> int:
    """How many others the member blocks, counted up to `most`."""
    return int(await db["pairs"].count_documents({"blockers": member}, limit=most))


async def returning(
    db: Database, member: ObjectId, now: datetime, limit: int, after: tuple[datetime, bytes] | None = None
) -> list[Pair]:
    """The pairs whose other member is shown to `member` again in discovery, the longest waiting first, from the one
    behind `after` (its time and key) on.
    """
    times: dict[str, Any] = {"$lte": now}
    found: list[Pair] = []
    if after:
        same = {"returns": {"$elemMatch": {"member": member, "at": after[0]}}, "_id": {"$gt": after[1]}}
        found, times = await db["pairs"].find(same).limit(limit).to_list(limit), {"$gt": after[0], "$lte": now}
    if len(found) < limit:
        query = {"returns": {"$elemMatch": {"member": member, "at": times}}}
        found += await db["pairs"].find(query).limit(limit - len(found)).to_list(limit)
    return found


async def of_friends(db: Database, friends: list[ObjectId], limit: int) -> list[bytes]:
    """Keys of friendships of the members."""
    found = db["pairs"].find({"friends": {"$in": friends}}, {"_id": 1}).sort("_id", 1).limit(limit)
    return [pair["_id"] async for pair in found]
