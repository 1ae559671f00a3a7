"""Streams: the data of rooms beside their messages, and the heads of all streams."""

import asyncio
from datetime import datetime
from typing import NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel, UpdateOne

from konektor.ports import Database

INDEXES: dict[str, list[IndexModel]] = {"streams": []}


class StreamDoc(TypedDict):
    """A room."""

    _id: str
    seq: int
    """At most the head: the seq of the newest message, or this one when all messages have been removed."""
    members: int
    joined: list[ObjectId]
    """The last RECENT_MEMBERS members that were counted, so that counting one of them again changes nothing."""
    earlier: NotRequired[int]
    """How many of the members had joined before the room existed, as far as they have been counted."""


RECENT_MEMBERS = 256
EMPTY = {"members": 0, "joined": []}


async def make(db: Database, streams: list[str]) -> None:
    """Creates the rooms that do not exist yet."""
    fresh = {"$setOnInsert": {"seq": 0, **EMPTY}}
    await db.w1_before_majority("streams").bulk_write(
        [UpdateOne({"_id": s}, fresh, upsert=True) for s in streams], ordered=False
    )


async def add_member(db: Database, streams: list[str], member: ObjectId) -> None:
    """Counts the member in each stream, once. The streams must exist."""
    change = {"$inc": {"members": 1}, "$push": {"joined": {"$each": [member], "$slice": -RECENT_MEMBERS}}}
    await db.w1_before_majority("streams").bulk_write(
        [UpdateOne({"_id": stream, "joined": {"$ne": member}}, change) for stream in streams], ordered=False
    )


async def add_members(db: Database, counts: dict[str, int]) -> None:
    """Counts members in streams in bulk; unlike `add_member` it must not be repeated."""
    await db["streams"].bulk_write(
        [UpdateOne({"_id": stream}, {"$inc": {"members": n}}) for stream, n in counts.items()], ordered=False
    )


async def count_earlier(db: Database, stream: str, members: int) -> None:
    """Counts those who had joined before the room existed, of which there are at least so many; may be repeated, also
    with a smaller number that was read earlier. The stream must exist.
    """
    known = {"$ifNull": ["$earlier", 0]}
    counted = {"members": {"$add": ["$members", {"$subtract": [members, known]}]}, "earlier": members}
    await db["streams"].update_one({"_id": stream, "earlier": {"$not": {"$gte": members}}}, [{"$set": counted}])


async def get(db: Database, streams: list[str]) -> dict[str, StreamDoc]:
    """`{stream: {members}}` of those that exist."""
    found = db["streams"].find({"_id": {"$in": streams}}, {"members": 1})
    return {stream["_id"]: stream async for stream in found}


async def head(db: Database, stream: str) -> int:
    """The head: the seq of the newest message there has been, 0 without any."""
    newest, kept = await asyncio.gather(
        db.majority_read("messages").find_one({"stream": stream}, {"seq": 1}, sort=[("seq", -1)]),
        db["streams"].find_one({"_id": stream}, {"seq": 1}),
    )
    return max(newest["seq"] if newest else 0, kept["seq"] if kept else 0)


async def head_at(db: Database, stream: str, at: datetime) -> int:
    """The seq of the newest message that was sent until then, 0 without any."""
    newest = await db.majority_read("messages").find_one(
        {"stream": stream, "at": {"$lte": at}}, {"seq": 1}, sort=[("seq", -1)]
    )
    return int(newest["seq"]) if newest else 0


async def heads(db: Database, streams: list[str]) -> dict[str, int]:
    """The head of each stream."""
    return dict(zip(streams, await asyncio.gather(*(head(db, stream) for stream in streams)), strict=True))


async def known_heads(db: Database, streams: list[str]) -> dict[str, int]:
    """The `seq` of each stream document, which lags briefly behind the head."""
    found = db["streams"].find({"_id": {"$in": streams}}, {"seq": 1})
    return {stream["_id"]: stream["seq"] for stream in await found.to_list(len(streams))}


async def advance(db: Database, seqs: dict[str, int]) -> None:
    """Advances the `seq` of streams. It may lag by hours, because messages are kept longer than that."""
    await db.w1_before_majority("streams").bulk_write(
        [
            UpdateOne({"_id": stream}, {"$max": {"seq": seq}, "$setOnInsert": EMPTY}, upsert=True)
            for stream, seq in seqs.items()
        ],
        ordered=False,
    )
