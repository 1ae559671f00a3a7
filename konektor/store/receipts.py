"""Receipts: what an event that may be repeated was answered, for 48 hours.

A receipt is `{_id: op, digest, at, data?}`; without `data` its event is being worked on, or was cut off.
"""

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from konektor.ports import Database

INDEXES = {"receipts": [IndexModel([("at", 1)], expireAfterSeconds=48 * 3_600)]}

Receipt = dict[str, Any]


async def begin(db: Database, op: ObjectId, digest: bytes, at: datetime) -> bool:
    """Claims the op; False when somebody has it."""
    try:
        await db["receipts"].insert_one({"_id": op, "digest": digest, "at": at})
    except DuplicateKeyError:
        return False
    return True


async def take_over(db: Database, op: ObjectId, at: datetime, now: datetime) -> bool:
    """Claims an unanswered op whose claim of the time `at` was cut off; True for one taker."""
    done = await db["receipts"].update_one({"_id": op, "at": at, "data": None}, {"$set": {"at": now}})
    return bool(done.modified_count)


async def finish(db: Database, op: ObjectId, data: Any) -> None:
    """Keeps the answer."""
    await db["receipts"].update_one({"_id": op}, {"$set": {"data": data}})


async def drop(db: Database, op: ObjectId) -> None:
    """Forgets a claim that was refused, so that it can be tried again."""
    await db["receipts"].delete_one({"_id": op})


async def get(db: Database, op: ObjectId) -> Receipt | None:
    """The receipt."""
    found: Receipt | None = await db["receipts"].find_one({"_id": op})
    return found
