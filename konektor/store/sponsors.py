"""Sponsors: the ads that greet people in rooms.

An ad is `{_id, label, imageUrl, url?, rooms: [label]|["*"], clickable, validUntil, status: draft|pending|live|paused|
rejected, views, clicks}`.
"""

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database

INDEXES = {"sponsors": [IndexModel([("status", 1), ("rooms", 1), ("views", 1)])]}

Ad = dict[str, Any]


def _shown(now: datetime) -> dict[str, Any]:
    return {"status": "live", "validUntil": {"$gt": now}}


async def save(db: Database, ad: Ad) -> None:
    """Stores an ad, new or changed."""
    await db["sponsors"].replace_one({"_id": ad["_id"]}, ad, upsert=True)


async def least_seen(db: Database, label: str, now: datetime) -> Ad | None:
    """The live ad for the room that has been seen least."""
    query = {**_shown(now), "rooms": {"$in": [label, "*"]}}
    found: Ad | None = await db["sponsors"].find_one(query, sort=[("views", 1)])
    return found


async def count_view(db: Database, ad: ObjectId, now: datetime) -> bool:
    """Counts one view, if the ad is still live; False when it may not be shown any more."""
    done = await db["sponsors"].update_one({"_id": ad, **_shown(now)}, {"$inc": {"views": 1}})
    return bool(done.modified_count)
