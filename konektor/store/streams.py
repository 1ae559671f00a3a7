"""Streams: the head of every conversation, and who belongs to a room.

A stream is `{_id: "r:<label>"|"d:<id>", kind, seq, tail: [op], members, joined: [member], at, whole?}`; `tail`
and `joined` are the last few steps, so that repeating one changes nothing; up to `whole` no seq is missing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import IndexModel, UpdateOne

from konektor.ports import Database

INDEXES = {"streams": [IndexModel([("at", 1)])]}

TAIL = 256
"""How many ops a stream remembers; a batch must be smaller, and an op older than that has its message."""
JOINED = 256


async def create(db: Database, streams: Iterable[tuple[str, str]]) -> None:
    """Makes the (stream, kind) that do not exist yet."""
    fresh = {"seq": 0, "tail": [], "members": 0, "joined": []}
    await db.early("streams").bulk_write(
        [UpdateOne({"_id": s}, {"$setOnInsert": {**fresh, "kind": kind}}, upsert=True) for s, kind in streams],
        ordered=False,
    )


async def admit(db: Database, streams: list[str], member: ObjectId) -> None:
    """Counts the member into each stream, once."""
    await db.early("streams").bulk_write(
        [
            UpdateOne(
                {"_id": stream, "joined": {"$ne": member}},
                {"$inc": {"members": 1}, "$push": {"joined": {"$each": [member], "$slice": -JOINED}}},
            )
            for stream in streams
        ],
        ordered=False,
    )


async def admit_many(db: Database, counts: dict[str, int]) -> None:
    """Counts members into streams in bulk; for members made in bulk, whose making is not repeated."""
    await db["streams"].bulk_write(
        [UpdateOne({"_id": stream}, {"$inc": {"members": n}}) for stream, n in counts.items()], ordered=False
    )


async def heads(db: Database, streams: list[str]) -> dict[str, dict[str, Any]]:
    """`{stream: {seq, members, kind}}` of those that exist."""
    found = db["streams"].find({"_id": {"$in": streams}}, {"seq": 1, "members": 1, "kind": 1, "users": 1})
    return {stream["_id"]: stream async for stream in found}


async def advance(db: Database, stream: str, ops: list[ObjectId], now: datetime) -> dict[ObjectId, int]:
    """Gives each op the seq that is its own for good: the next ones for new ops, in order; the old one for a known op.

    A stream that does not exist gives none.
    """
    after = await db.early("streams").find_one_and_update(
        {"_id": stream, "tail": {"$nin": ops}},
        {"$inc": {"seq": len(ops)}, "$push": {"tail": {"$each": ops, "$slice": -TAIL}}, "$set": {"at": now}},
        projection={"seq": 1},
        return_document=True,
    )
    if after is not None:
        first = after["seq"] - len(ops) + 1
        return {op: first + place for place, op in enumerate(ops)}
    head = await db["streams"].find_one({"_id": stream}, {"seq": 1, "tail": 1})
    if head is None:
        return {}
    newest = head["seq"] - len(head["tail"]) + 1
    seqs = {op: newest + place for place, op in enumerate(head["tail"]) if op in ops}
    unknown = [op for op in ops if op not in seqs]
    return seqs | (await advance(db, stream, unknown, now) if unknown else {})


async def withdraw(db: Database, stream: str, op: ObjectId) -> None:
    """Takes an op's seq away, because a tombstone stands there: the next `advance` gives it another one.

    The tail is left as long as it was, for the seq of an op follows from its place.
    """
    await db["streams"].update_one({"_id": stream, "tail": op}, {"$set": {"tail.$": None}})


async def active(db: Database, since: datetime, limit: int) -> list[dict[str, Any]]:
    """`{seq, at, whole?}` of streams that have moved since then."""
    found: list[dict[str, Any]] = (
        await db["streams"]
        .find({"at": {"$gte": since}}, {"seq": 1, "at": 1, "whole": 1})
        .sort("at", -1)
        .limit(limit)
        .to_list(limit)
    )
    return found


async def mark_whole(db: Database, stream: str, seq: int) -> None:
    """Notes that no seq up to this one is missing."""
    await db.early("streams").update_one({"_id": stream}, {"$max": {"whole": seq}})
