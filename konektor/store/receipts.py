"""Receipts: the results of repeatable events, kept for 48 hours."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from konektor.ports import Database

INDEXES = {"receipts": [IndexModel([("at", 1)], expireAfterSeconds=48 * 3_600)]}


class Receipt(TypedDict):
    """One request. Without `data` it is being handled, or its instance died."""

    _id: ObjectId
    """The op."""
    digest: bytes
    """SHA-256 of the payload."""
    at: datetime
    """When it was claimed."""
    data: NotRequired[Any]
    """What its ack carried."""


async def begin(db: Database, op: ObjectId, digest: bytes, at: datetime) -> bool:
    """Claims the op; False when it is claimed already."""
    try:
        await db["receipts"].insert_one({"_id": op, "digest": digest, "at": at})
    except DuplicateKeyError:
        return False
    return True


async def take_over(db: Database, op: ObjectId, at: datetime, now: datetime) -> bool:
    """Takes over the abandoned claim made at `at`; True for exactly one caller."""
    done = await db["receipts"].update_one({"_id": op, "at": at, "data": None}, {"$set": {"at": now}})
    return bool(done.modified_count)


async def finish(db: Database, op: ObjectId, data: Any) -> None:
    """Stores the result."""
    await db["receipts"].update_one({"_id": op}, {"$set": {"data": data}})


async def drop(db: Database, op: ObjectId) -> None:
    """Removes the claim of a refused request, so that it can be tried again."""
    await db["receipts"].delete_one({"_id": op})


async def get(db: Database, op: ObjectId) -> Receipt | None:
    """The receipt."""
    found: Receipt | None = await db["receipts"].find_one({"_id": op})
    return found
