"""Sponsors: the ads that are shown on entering a room."""

from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database

INDEXES = {"sponsors": [IndexModel([("status", 1), ("rooms", 1), ("views", 1)])]}


class AdDoc(TypedDict):
    """An ad of a sponsor."""

    _id: ObjectId
    label: str
    imageUrl: str
    rooms: list[str]
    """Labels, or `*` for every room."""
    clickable: bool
    validUntil: datetime
    status: Literal["draft", "pending", "live", "paused", "rejected"]
    views: int
    clicks: int
    url: NotRequired[str]


def _shown(now: datetime) -> dict[str, Any]:
    return {"status": "live", "validUntil": {"$gt": now}}


async def save(db: Database, ad: AdDoc) -> None:
    """Stores an ad, new or changed."""
    await db["sponsors"].replace_one({"_id": ad["_id"]}, ad, upsert=True)


async def least_seen(db: Database, label: str, now: datetime) -> AdDoc | None:
    """The live ad for the room that has been seen least."""
    query = {**_shown(now), "rooms": {"$in": [label, "*"]}}
    found: AdDoc | None = await db["sponsors"].find_one(query, sort=[("views", 1)])
    return found


async def count_view(db: Database, ad: ObjectId, now: datetime) -> bool:
    """Counts one view of a live ad; False when it may not be shown any more."""
    done = await db["sponsors"].update_one({"_id": ad, **_shown(now)}, {"$inc": {"views": 1}})
    return bool(done.modified_count)
