"""Openings: which direct conversations each member has begun in the present day, as far as that is limited."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database
from konektor.store import quotas

INDEXES: dict[str, list[IndexModel]] = {"openings": []}


class Openings(TypedDict):
    """The conversations that a member has begun in the day that ends at `until`."""

    _id: ObjectId
    until: datetime
    streams: list[str]


async def open_one(
    db: Database, member: ObjectId, stream: str, limit: int, now: datetime, until: datetime, later: datetime
) -> Openings:
    """Begins a conversation, if that is not one too many: then it is in `streams` afterwards. Repeating it changes
    nothing. If no day has begun, it ends at `until`, or at `later` as for a quota.
    """
    day = quotas.present_day("$until", {"until": "$until", "streams": "$streams"}, {"streams": []}, now, until, later)
    fits = {"$and": [{"$not": [{"$in": [stream, "$streams"]}]}, {"$lt": [{"$size": "$streams"}, limit]}]}
    added = {"$cond": [fits, {"$concatArrays": ["$streams", [stream]]}, "$streams"]}
    change: list[Mapping[str, Any]] = [
        {"$replaceWith": {"$mergeObjects": [{"_id": "$_id"}, day]}},
        {"$set": {"streams": added}},
    ]
    found: Openings = await db["openings"].find_one_and_update(
        {"_id": member}, change, upsert=True, return_document=True
    )
    return found


async def find(db: Database, member: ObjectId) -> Openings | None:
    """What the member has begun last; None for one who never has while it was limited."""
    found: Openings | None = await db["openings"].find_one({"_id": member})
    return found
