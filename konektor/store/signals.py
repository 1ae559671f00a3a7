"""Signals: notifications that every instance must receive even without Redis, kept for 10 minutes."""

from datetime import datetime
from typing import TypedDict

from bson import ObjectId
from pymongo import IndexModel, UpdateOne

from konektor.ports import Database

KEPT_SECONDS = 600

INDEXES = {
    "signals": [
        # Covers the poll: it reads no document.
        IndexModel([("at", 1), ("_id", 1), ("to", 1)]),
        IndexModel([("at", 1)], expireAfterSeconds=KEPT_SECONDS),
    ]
}


class Signal(TypedDict):
    """One signal. `at` comes from the database's clock, so that the clocks of instances do not matter."""

    _id: ObjectId
    to: str
    """The pub/sub channel whose subscribers it concerns."""
    body: bytes
    at: datetime


class Header(TypedDict):
    """A signal without its body."""

    _id: ObjectId
    to: str
    at: datetime


async def append(db: Database, signals: list[tuple[ObjectId, str, bytes]]) -> None:
    """Stores signals `(id, to, body)` in their order; appending one again changes nothing."""
    await db.w1_before_majority("signals").bulk_write(
        [
            # A pipeline update, because only there `$$NOW` is the database's clock.
            UpdateOne(
                {"_id": signal},
                [{"$set": {"to": {"$literal": to}, "body": {"$literal": body}, "at": {"$ifNull": ["$at", "$$NOW"]}}}],
                upsert=True,
            )
            for signal, to, body in signals
        ]
    )


async def since(db: Database, at: datetime, after: ObjectId | None, limit: int) -> list[Header]:
    """The headers of signals from `at` on, oldest first; `after` is the last of an earlier page, if it was at `at`."""
    # Nothing beside the `$or`: each of its branches is then read from the index, and only from there.
    later = {"at": {"$gte": at}} if after is None else {"$or": [{"at": {"$gt": at}}, {"at": at, "_id": {"$gt": after}}]}
    found = db["signals"].find(later, {"_id": 1, "to": 1, "at": 1})
    headers: list[Header] = await found.sort([("at", 1), ("_id", 1)]).limit(limit).to_list(limit)
    return headers


async def newest(db: Database) -> datetime | None:
    """When the newest signal was stored; None when there is none."""
    found = await db["signals"].find_one({}, {"_id": 0, "at": 1}, sort=[("at", -1)])
    at: datetime | None = found["at"] if found else None
    return at


async def bodies(db: Database, signals: list[ObjectId]) -> dict[ObjectId, bytes]:
    """The bodies of those signals that are still stored."""
    found = db["signals"].find({"_id": {"$in": signals}}, {"body": 1})
    return {signal["_id"]: bytes(signal["body"]) for signal in await found.to_list(len(signals))}
