"""Receipts: which repeatable events were claimed, and their results, kept for 48 hours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database
from konektor.store.database import insert_new

KEPT = 48 * 3_600
"""Seconds that a receipt is kept."""
INDEXES = {
    "receipts": [IndexModel([("at", 1)], expireAfterSeconds=KEPT)],
    "results": [IndexModel([("at", 1)], expireAfterSeconds=KEPT)],
}


class Receipt(TypedDict):
    """One request. Without `data` it is being handled, or its instance died.

    The claim is stored in `receipts`, the data in `results`: inserting is several times cheaper than updating.
    """

    _id: ObjectId
    """The op."""
    digest: bytes
    """SHA-256 of the payload."""
    at: datetime
    """When it was claimed."""
    data: NotRequired[Any]
    """What its ack carried."""


class Result(TypedDict):
    """The same with the data."""

    _id: ObjectId
    digest: bytes
    at: datetime
    data: Any


async def begin(db: Database, claims: Sequence[Receipt]) -> list[bool]:
    """Claims ops; False for each that was claimed already. w:1: see konektor/idempotency.py."""
    taken = await insert_new(db.w1_checked("receipts"), claims)
    return [place not in taken for place in range(len(claims))]


async def take_over(db: Database, op: ObjectId, at: datetime, now: datetime) -> bool:
    """Takes over the abandoned claim made at `at`; True for exactly one caller."""
    done = await db["receipts"].update_one({"_id": op, "at": at}, {"$set": {"at": now}})
    return bool(done.modified_count)


async def finish(db: Database, results: Sequence[Result]) -> None:
    """Stores results; of two for the same op the first stays. w:1: see konektor/idempotency.py."""
    await insert_new(db.w1_checked("results"), results)


async def drop(db: Database, op: ObjectId) -> None:
    """Removes the claim of a refused request, so that it can be tried again. w:1: see konektor/idempotency.py."""
    await db.w1_checked("receipts").delete_one({"_id": op})


async def get(db: Database, op: ObjectId) -> Receipt | None:
    """The receipt."""
    result: Receipt | None = await db["results"].find_one({"_id": op})
    return result or await db["receipts"].find_one({"_id": op})
