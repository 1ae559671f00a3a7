"""Streams: what is known of every conversation beside its messages, and who belongs to a room.

A stream is `{_id: "r:<label>"|"d:<id>", seq, members, joined: [member], users?}`. `seq` follows the newest
message at a distance: the head of a stream is that of its newest message, or `seq` when all of them are gone.
`joined` are the last who came in, so that counting one of them again changes nothing.
"""

import asyncio
from typing import Any

from bson import ObjectId
from pymongo import IndexModel, UpdateOne

from konektor.ports import Database

INDEXES: dict[str, list[IndexModel]] = {"streams": []}

JOINED = 256
NOBODY = {"members": 0, "joined": []}


async def make(db: Database, streams: list[str]) -> None:
    """Makes the rooms that do not exist yet."""
    fresh = {"$setOnInsert": {"seq": 0, **NOBODY}}
    await db.w1_before_majority("streams").bulk_write(
        [UpdateOne({"_id": s}, fresh, upsert=True) for s in streams], ordered=False
    )


async def admit(db: Database, streams: list[str], member: ObjectId) -> None:
    """Counts the member into each stream, once. The streams exist."""
    change = {"$inc": {"members": 1}, "$push": {"joined": {"$each": [member], "$slice": -JOINED}}}
    await db.w1_before_majority("streams").bulk_write(
        [UpdateOne({"_id": stream, "joined": {"$ne": member}}, change) for stream in streams], ordered=False
    )


async def admit_many(db: Database, counts: dict[str, int]) -> None:
    """Counts members into streams in bulk; for members made in bulk, whose making is not repeated."""
    await db["streams"].bulk_write(
        [UpdateOne({"_id": stream}, {"$inc": {"members": n}}) for stream, n in counts.items()], ordered=False
    )


async def get(db: Database, streams: list[str]) -> dict[str, dict[str, Any]]:
    """`{stream: {members, users?}}` of those that exist."""
    found = db["streams"].find({"_id": {"$in": streams}}, {"members": 1, "users": 1})
    return {stream["_id"]: stream for stream in await found.to_list(len(streams))}


async def head(db: Database, stream: str) -> int:
    """The seq of the newest message there has been; 0 for a stream without any."""
    newest, kept = await asyncio.gather(
        db.majority_read("messages").find_one({"stream": stream}, {"seq": 1}, sort=[("seq", -1)]),
        db["streams"].find_one({"_id": stream}, {"seq": 1}),
    )
    return max(newest["seq"] if newest else 0, kept["seq"] if kept else 0)


async def heads(db: Database, streams: list[str]) -> dict[str, int]:
    """The head of each stream."""
    return dict(zip(streams, await asyncio.gather(*(head(db, stream) for stream in streams)), strict=True))


async def followed(db: Database, streams: list[str]) -> dict[str, int]:
    """How far each stream has followed its messages: up to the newest, but for what was said a moment ago."""
    found = db["streams"].find({"_id": {"$in": streams}}, {"seq": 1})
    return {stream["_id"]: stream["seq"] for stream in await found.to_list(len(streams))}


async def follow(db: Database, seqs: dict[str, int]) -> None:
    """Lets the streams know their newest messages. Hours may pass before it matters: messages are kept longer."""
    await db.w1_before_majority("streams").bulk_write(
        [
            UpdateOne({"_id": stream}, {"$max": {"seq": seq}, "$setOnInsert": NOBODY}, upsert=True)
            for stream, seq in seqs.items()
        ],
        ordered=False,
    )
