"""The outbox: what is to be pushed to members who are not there, one row for each member and cause.

A row that has a time (`due`) waits; an instance that takes it moves that time on, so that another one takes it when the
first dies. A row that was sent keeps up to where, and waits again only when that has been read.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel, UpdateOne

from konektor.ports import Database

KEPT = timedelta(days=30)
"""How long it is known that something was pushed and not read."""

INDEXES = {
    "outbox": [
        IndexModel([("due", 1)], partialFilterExpression={"due": {"$exists": True}}),
        IndexModel([("purge", 1)], expireAfterSeconds=0),
    ]
}


class Row(TypedDict):
    """A push. `seq` is the newest of what it is about, and 0 for notices."""

    _id: str
    member: ObjectId
    cause: str
    kind: str
    user: ObjectId
    """Who caused it."""
    seq: int
    since: datetime
    """When it began to wait."""
    purge: datetime
    tries: int
    done: list[ObjectId]
    """The login sessions that need not be tried again."""
    due: NotRequired[datetime]
    lease: NotRequired[ObjectId]
    """Who has taken it last."""
    sent: NotRequired[int]
    """The `seq` up to which it was sent."""


def key(member: ObjectId, cause: str) -> str:
    """The `_id` of the row of a member and a cause."""
    return f"{member} {cause}"


class Wanted(TypedDict):
    """A push that is wanted; of one that is a mere `message` the kind of a waiting row stays."""

    member: ObjectId
    cause: str
    kind: str
    user: ObjectId
    seq: int
    due: datetime


async def get(db: Database, keys: Collection[str]) -> dict[str, Row]:
    """The rows with those keys."""
    return {row["_id"]: row async for row in db["outbox"].find({"_id": {"$in": list(keys)}})}


async def put(db: Database, wanted: Sequence[Wanted], now: datetime) -> None:
    """Adds rows that wait; of one that is there only its `seq`, and what it is about, moves on."""
    writes = []
    for push in wanted:
        fresh: dict[str, Any] = {"member": push["member"], "cause": push["cause"], "due": push["due"]}
        fresh |= {"since": now, "purge": now + KEPT, "tries": 0, "done": []}
        about = {"kind": push["kind"], "user": push["user"]}
        latest = {} if push["kind"] == "message" else {"$set": about}
        change = {"$max": {"seq": push["seq"]}, "$setOnInsert": fresh | ({} if latest else about), **latest}
        writes.append(UpdateOne({"_id": key(push["member"], push["cause"])}, change, upsert=True))
    if writes:
        await db["outbox"].bulk_write(writes, ordered=False)


async def put_again(db: Database, wanted: Sequence[tuple[Wanted, int]], now: datetime) -> None:
    """Makes rows wait again that were sent up to a seq which has been read."""
    writes = [
        UpdateOne(
            {"_id": key(push["member"], push["cause"]), "sent": sent},
            {
                "$set": {**push, "since": now, "purge": now + KEPT, "tries": 0, "done": []},
                "$unset": {"sent": "", "lease": ""},
            },
        )
        for push, sent in wanted
    ]
    if writes:
        await db["outbox"].bulk_write(writes, ordered=False)


async def claim(db: Database, now: datetime, until: datetime, lease: ObjectId) -> Row | None:
    """Takes the row that has waited longest, which nobody else takes before `until`; None when none is due."""
    row: Row | None = await db["outbox"].find_one_and_update(
        {"due": {"$lte": now}}, {"$set": {"due": until, "lease": lease}}, sort=[("due", 1)], return_document=True
    )
    return row


def _taken(row: Row) -> dict[str, Any]:
    return {"_id": row["_id"], "lease": row["lease"], "due": {"$exists": True}}


async def postpone(db: Database, row: Row, due: datetime, *, done: Collection[ObjectId] = (), tries: int = 0) -> None:
    """Makes a row that was taken wait until then; nothing changes for one that somebody else has taken since."""
    change = {"$set": {"due": due, "tries": tries, "done": list(done)}, "$unset": {"lease": ""}}
    await db["outbox"].update_one(_taken(row), change)


async def mark_sent(db: Database, row: Row) -> None:
    """Ends a row that was taken: it waits no more until what was sent has been read."""
    await db["outbox"].update_one(_taken(row), {"$set": {"sent": row["seq"]}, "$unset": {"due": "", "lease": ""}})


async def drop(db: Database, row: Row, now: datetime) -> None:
    """Removes a row that was taken; one to which something was added meanwhile is due at once."""
    gone = await db["outbox"].delete_one({**_taken(row), "seq": row["seq"]})
    if not gone.deleted_count:
        await db["outbox"].update_one(_taken(row), {"$set": {"due": now}, "$unset": {"lease": ""}})


async def forget_sent(db: Database, members: Collection[ObjectId], cause: str) -> None:
    """Removes the rows of these members and a cause that were sent, so that what comes next is pushed; one that waits
    stays.
    """
    keys = [key(member, cause) for member in members]
    await db["outbox"].delete_many({"_id": {"$in": keys}, "sent": {"$exists": True}})
