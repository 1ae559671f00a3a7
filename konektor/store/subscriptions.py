"""Subscriptions: the browsers that members are pushed to, one for each login session."""

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from konektor.ports import Database

INDEXES = {"subscriptions": [IndexModel([("member", 1), ("_id", 1)]), IndexModel([("endpoint", 1)], unique=True)]}


class Subscription(TypedDict):
    """A browser, as the push service knows it; `_id` is the login session."""

    _id: ObjectId
    member: ObjectId
    endpoint: str
    p256dh: bytes
    auth: bytes
    at: datetime


async def save(db: Database, subscription: Subscription) -> bool:
    """Stores the subscription of a login session in place of its last one; whoever else had its endpoint has it no
    more. False when somebody took that at the same moment.
    """
    session = subscription["_id"]
    await db["subscriptions"].delete_many({"endpoint": subscription["endpoint"], "_id": {"$ne": session}})
    try:
        await db["subscriptions"].replace_one({"_id": session}, subscription, upsert=True)
    except DuplicateKeyError:
        return False
    return True


async def of_member(db: Database, member: ObjectId, limit: int) -> list[Subscription]:
    """The subscriptions of a member."""
    found: list[Subscription] = await db["subscriptions"].find({"member": member}).limit(limit).to_list(limit)
    return found


async def subscribed(db: Database, members: Collection[ObjectId]) -> set[ObjectId]:
    """Those of the members who have a subscription; read from an index."""
    found = db["subscriptions"].find({"member": {"$in": list(members)}}, {"_id": 0, "member": 1})
    return {doc["member"] for doc in await found.to_list()}


async def remove(db: Database, session: ObjectId, endpoint: str | None = None) -> None:
    """Removes the subscription of a login session; with `endpoint` only if it still is that one."""
    query = {"_id": session} if endpoint is None else {"_id": session, "endpoint": endpoint}
    await db["subscriptions"].delete_one(query)
