"""Profiles: what members show of themselves, as part of their accounts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from konektor.ports import Database
from konektor.store.accounts import CARD, Account, ProfileDoc, Visible

PROFILE = CARD | dict.fromkeys(
    (
        "dob",
        "labels",
        "week",
        "state",
        "settings",
        "firstName",
        "lastName",
        "about",
        "skills",
        "gender",
        "city",
        "status",
        "birthday",
        "seen",
        "invisible",
    ),
    1,
)
SEEN_STEP = timedelta(minutes=1)
"""How exactly is kept when a member was online last."""


async def get(db: Database, members: list[ObjectId]) -> dict[ObjectId, ProfileDoc]:
    """What those members show who exist."""
    found = db["accounts"].find({"_id": {"$in": members}}, PROFILE) if members else None
    return {doc["_id"]: doc async for doc in found} if found else {}


async def visibility(db: Database, members: list[ObjectId]) -> dict[ObjectId, Visible]:
    """What decides who may see those members, of those who exist."""
    query = {"_id": {"$in": members}}
    found = db["accounts"].find(query, {"labels": 1, "week": 1, "state": 1, "settings.discoverable": 1})
    return {doc["_id"]: doc async for doc in found}


class Named(Visible):
    """What decides who may see a member who was found by name."""

    name: str


async def by_names(db: Database, names: list[str]) -> dict[str, Named]:
    """The members of those names, which are in lower case, as far as there are such."""
    shown = {"name": 1, "labels": 1, "week": 1, "state": 1}
    found = db["accounts"].find({"name": {"$in": names}}, shown) if names else None
    return {doc["name"]: doc async for doc in found} if found else {}


async def of_room(db: Database, label: str, after: ObjectId | None, limit: int) -> list[ProfileDoc]:
    """Members of the room in the order they joined, starting after the member `after`."""
    query: dict[str, Any] = {"$or": [{"labels": label}, {"week": label}], "state": "active"}
    if after:
        query["_id"] = {"$gt": after}
    found: list[ProfileDoc] = await db["accounts"].find(query, PROFILE).sort("_id", 1).limit(limit).to_list(limit)
    return found


async def update(db: Database, member: ObjectId, values: Mapping[str, Any], removed: list[str]) -> Account | None:
    """Sets some fields of an account and removes others, at least one; returns the account as it was before."""
    change: dict[str, Any] = {}
    if values:
        change["$set"] = dict(values)
    if removed:
        change["$unset"] = dict.fromkeys(removed, "")
    account: Account | None = await db["accounts"].find_one_and_update({"_id": member}, change)
    return account


async def set_seen(db: Database, members: Mapping[ObjectId, datetime]) -> None:
    """Keeps when members were online last, unless what is kept is less than SEEN_STEP older. w:1: a lost one is told by
    the next.
    """
    writes = [
        UpdateOne({"_id": member, "$or": [{"seen": None}, {"seen": {"$lt": at - SEEN_STEP}}]}, {"$set": {"seen": at}})
        for member, at in members.items()
    ]
    await db.w1_before_majority("accounts").bulk_write(writes, ordered=False)
