"""Quotas: how many swipes each member has used of the present day, and the swipes in progress."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel, UpdateOne

from konektor.ports import Database

INDEXES = {"quotas": [IndexModel([("pend.at", 1)])]}

Attempt = TypedDict(
    "Attempt",
    {
        "op": ObjectId,  # identifies the swipe permanently
        "try": ObjectId,  # identifies this payment for it
        "at": datetime,
        "peer": ObjectId,
        "dir": Literal["right", "left"],
        "note": NotRequired[str],
        "cost": int,  # 1 for a swipe that counts, 0 for another
        "until": NotRequired[datetime],  # the end of the day it is counted in; set when it is paid
        "used": NotRequired[int],  # how many are used of that day after it; set when it is paid
        "undo": NotRequired[ObjectId],  # the try of an undo that is in progress
    },
)
"""A swipe in progress, with all that recovery needs to finish it; `undo` marks one that is being taken back."""


class Used(TypedDict):
    """How many are used of the day that ends at `until`."""

    until: datetime
    n: int


class Quota(TypedDict):
    """The quota of a member. `last` is the swipe that can be undone."""

    _id: ObjectId
    swipes: Used
    pend: list[Attempt]
    last: NotRequired[Attempt]


class Charge(TypedDict):
    """A swipe to pay for: at most `limit` a day (None: any number). If no day has begun, it ends at `until`, or at
    `later`, the midnight after that, if the last one ended less than SHORTEST_DAY before.
    """

    member: ObjectId
    attempt: Attempt
    limit: int | None
    until: datetime
    later: datetime


SHORTEST_DAY = timedelta(hours=20)
"""A new day that would be over sooner than that after the last one lasts until the midnight after: a member who changes
the time zone again and again gets no more days than others.
"""


def present_day(
    end: str, day: Any, fresh: Mapping[str, Any], now: datetime, until: datetime, later: datetime
) -> dict[str, Any]:
    """The expression of the `day` that ends at the field `end`, or, if that is over, of a new one with the fields
    `fresh` that ends at `until`, or at `later` if that would be too soon after the last one.
    """
    # Without a last day the difference is null, which is smaller than every date.
    too_soon = {"$lt": [until, {"$add": [end, int(SHORTEST_DAY.total_seconds() * 1000)]}]}
    new = {"until": {"$cond": [too_soon, later, until]}, **{name: {"$literal": it} for name, it in fresh.items()}}
    return {"$cond": [{"$gt": [end, now]}, day, new]}


def _debit(charge: Charge) -> list[dict[str, Any]]:
    """The update that begins a new day if it is time, then counts the swipe and stores it, both or neither.

    `$literal` keeps a text that begins with a dollar sign from being evaluated as an expression.
    """
    attempt, limit = charge["attempt"], charge["limit"]
    day = present_day("$swipes.until", "$swipes", {"n": 0}, attempt["at"], charge["until"], charge["later"])
    fits: dict[str, Any] = {"$not": [{"$in": [attempt["op"], "$pend.op"]}]}
    if limit is not None and attempt["cost"]:
        fits = {"$and": [fits, {"$lt": ["$swipes.n", limit]}]}
    used = {"$add": ["$swipes.n", attempt["cost"]]}
    paid = {"$mergeObjects": [{"$literal": attempt}, {"until": "$swipes.until", "used": used}]}
    return [
        {"$set": {"swipes": day, "pend": {"$ifNull": ["$pend", []]}}},
        {
            "$set": {
                "swipes.n": {"$cond": [fits, used, "$swipes.n"]},
                "pend": {"$cond": [fits, {"$concatArrays": ["$pend", [paid]]}, "$pend"]},
            }
        },
    ]


async def debit(db: Database, charges: Sequence[Charge]) -> dict[ObjectId, Quota]:
    """Tries to pay for every swipe; returns the quotas afterwards: an attempt in `pend` is paid.

    The write is w:1: the caller compares `db.connection_epoch`.
    """
    members = list({charge["member"] for charge in charges})
    collection = db.w1_checked("quotas")
    if len(charges) == 1:
        found = [
            await collection.find_one_and_update(
                {"_id": members[0]}, _debit(charges[0]), upsert=True, return_document=True
            )
        ]
    else:
        writes = [UpdateOne({"_id": charge["member"]}, _debit(charge), upsert=True) for charge in charges]
        await collection.bulk_write(writes)
        found = await db["quotas"].find({"_id": {"$in": members}}).to_list(len(members))
    return {quota["_id"]: quota for quota in found}


async def debit_expected(
    db: Database, paid: Mapping[ObjectId, Attempt], made: Mapping[ObjectId, Sequence[Attempt]]
) -> bool:
    """Pays for one swipe of each member, with the `until` and `used` that it is expected to leave, and settles those
    that the member has `made` before. All are in one update, which the database plans once instead of once for each.

    True when all are paid. Otherwise some of them may be: `debit` shows which, and pays for the rest. The caller
    compares `db.connection_epoch`.
    """
    members = list(paid)
    items = [{"attempt": paid[member], "made": [item["try"] for item in made[member]]} for member in members]
    # The database looks up an index in a constant list by hash.
    own = {"$arrayElemAt": [{"$literal": items}, {"$indexOfArray": [{"$literal": members}, "$_id"]}]}
    before = {"until": "$$own.attempt.until", "n": {"$subtract": ["$$own.attempt.used", "$$own.attempt.cost"]}}
    fits = {"$and": [{"$eq": ["$swipes", before]}, {"$not": {"$in": ["$$own.attempt.op", "$pend.op"]}}]}
    settled = _settled("$$own.made")
    after = {
        "swipes": {"until": "$$own.attempt.until", "n": "$$own.attempt.used"},
        "pend": {"$concatArrays": [settled["pend"], ["$$own.attempt"]]},
        "last": settled["last"],
    }
    changed = {"$cond": [fits, {"$mergeObjects": ["$$ROOT", after]}, "$$ROOT"]}
    done = await db.w1_checked("quotas").update_many(
        {"_id": {"$in": members}}, [{"$replaceWith": {"$let": {"vars": {"own": own}, "in": changed}}}]
    )
    return bool(done.modified_count == len(members))


def _settled(tries: Any) -> dict[str, Any]:
    """`pend` without the swipes with one of the tries, and `last`, which becomes the newest of them."""
    made = {"$in": ["$$this.try", tries]}
    newest = {"$arrayElemAt": [{"$filter": {"input": "$pend", "cond": made}}, -1]}
    # What is missing is smaller than every date.
    last = {"$cond": [{"$gte": ["$$newest.at", "$last.at"]}, "$$newest", "$last"]}
    return {
        "pend": {"$filter": {"input": "$pend", "cond": {"$not": made}}},
        "last": {"$let": {"vars": {"newest": newest}, "in": last}},
    }


async def settle(db: Database, attempts: Sequence[tuple[ObjectId, Attempt]]) -> None:
    """Removes swipes that were made from those in progress; the newest becomes the one that can be undone.

    w:1: recovery repeats one that is lost.
    """
    members = list({member for member, _ in attempts})
    settled = _settled({"$literal": [attempt["try"] for _, attempt in attempts]})
    await db.w1_checked("quotas").update_many({"_id": {"$in": members}}, [{"$set": settled}])


async def give_back(db: Database, member: ObjectId, attempt: Attempt) -> bool:
    """Removes a swipe that was not made, and the count it took; False when that was done before."""
    done = await db["quotas"].update_one({"_id": member, "pend.try": attempt["try"]}, _give_back(attempt))
    return bool(done.modified_count)


def _give_back(attempt: Attempt) -> list[dict[str, Any]]:
    """A count of a day that is over is gone with it."""
    rest = {"$filter": {"input": "$pend", "cond": {"$ne": ["$$this.try", attempt["try"]]}}}
    same_day = {"$eq": ["$swipes.until", attempt["until"]]}
    return [
        {
            "$set": {
                "pend": rest,
                "swipes.n": {"$subtract": ["$swipes.n", {"$cond": [same_day, attempt["cost"], 0]}]},
            }
        }
    ]


async def begin_undo(db: Database, member: ObjectId, op: ObjectId, undo: Attempt) -> Quota | None:
    """Moves the last swipe, if it is still `op`, to those in progress as `undo`; None when another one has."""
    found: Quota | None = await db["quotas"].find_one_and_update(
        {"_id": member, "last.op": op}, {"$unset": {"last": ""}, "$push": {"pend": undo}}, return_document=True
    )
    return found


async def abandon_undo(db: Database, member: ObjectId, undo: Attempt) -> None:
    """Removes an undo that is impossible; the swipe stays counted."""
    await db["quotas"].update_one({"_id": member}, {"$pull": {"pend": {"try": undo["try"]}}})


async def find(db: Database, member: ObjectId) -> Quota | None:
    """The member's quota; None for one who has never swiped."""
    quota: Quota | None = await db["quotas"].find_one({"_id": member})
    return quota


async def find_all(db: Database, members: list[ObjectId]) -> dict[ObjectId, Quota]:
    """The quotas of those members that have one."""
    return {quota["_id"]: quota async for quota in db["quotas"].find({"_id": {"$in": members}})}


async def stale(db: Database, before: datetime, limit: int, *, skip: int = 0) -> list[tuple[ObjectId, Attempt]]:
    """(member, swipe) of those in progress since before that time, of `limit` members, after `skip` members."""
    found = db["quotas"].find({"pend.at": {"$lt": before}}, {"pend": 1}).sort("pend.at", 1).skip(skip).limit(limit)
    return [(quota["_id"], item) async for quota in found for item in quota["pend"] if item["at"] < before]
