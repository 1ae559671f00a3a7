"""Notices: what each member is noticed of, the newest 500 of 90 days."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database
from konektor.store.database import insert_new

RETENTION = timedelta(days=90)
MOST_KEPT = 500
"""Notices of one member; the older ones are removed."""
MOST_UNREAD = 100
"""Unread notices are counted up to this number."""

INDEXES = {
    # What earlier versions kept here for the operators has an index of its own, which removes it.
    "notices": [
        IndexModel([("member", 1), ("createdAt", -1), ("_id", -1)]),
        IndexModel([("member", 1), ("user", 1)], partialFilterExpression={"unread": True}, name="unread"),
        IndexModel([("purge", 1)], expireAfterSeconds=0),
    ]
}


NoticeKind = Literal[
    "request", "matched", "mention", "reply", "capsule", "plan", "payment", "report", "account", "room"
]
AccountChange = Literal["login", "reuse", "password", "email"]
"""What happened to an account: a login on a device that was not logged in before, a refresh token that was used twice
and whose login has ended therefore, another password, another e-mail address.
"""


class StoredParams(TypedDict):
    """What a notice is about; see NoticeParams."""

    id: NotRequired[str]
    stream: NotRequired[str]
    seq: NotRequired[int]
    messageId: NotRequired[str]
    event: NotRequired[AccountChange]
    device: NotRequired[str]


class NoticeDoc(TypedDict):
    """A notice. `_id` is derived from the member and the cause, so that a cause makes one."""

    _id: ObjectId
    member: ObjectId
    kind: NoticeKind
    params: StoredParams
    user: NotRequired[ObjectId]
    """Who caused it."""
    createdAt: datetime
    purge: datetime
    """When it is removed."""
    unread: NotRequired[bool]


async def insert(db: Database, notices: Sequence[NoticeDoc]) -> list[NoticeDoc]:
    """Stores those that are not there yet, and returns them."""
    known = await insert_new(db["notices"], notices) if notices else set()
    return [notice for place, notice in enumerate(notices) if place not in known]


async def trim(db: Database, member: ObjectId) -> None:
    """Removes all but the newest MOST_KEPT notices of a member."""
    order = [("createdAt", -1), ("_id", -1)]
    shown = {"_id": 0, "createdAt": 1}
    last = await db["notices"].find_one({"member": member}, shown, sort=order, skip=MOST_KEPT)
    if last:
        await db["notices"].delete_many({"member": member, "createdAt": {"$lte": last["createdAt"]}})


async def withdraw(db: Database, notices: Collection[ObjectId]) -> int:
    """Removes those notices; returns how many there were."""
    return int((await db["notices"].delete_many({"_id": {"$in": list(notices)}})).deleted_count)


async def of_member(
    db: Database, member: ObjectId, hidden: Collection[ObjectId], before: tuple[datetime, ObjectId] | None, limit: int
) -> list[NoticeDoc]:
    """The notices of a member that none of the `hidden` caused, the newest first, from the one behind `before` on."""
    query: dict[str, Any] = {"member": member}
    if before:
        at, last = before
        query |= {"createdAt": {"$lte": at}, "$or": [{"createdAt": {"$lt": at}}, {"_id": {"$lt": last}}]}
    if hidden:
        query["user"] = {"$nin": list(hidden)}
    order = [("createdAt", -1), ("_id", -1)]
    found: list[NoticeDoc] = await db["notices"].find(query).sort(order).limit(limit).to_list(limit)
    return found


async def get(db: Database, notice: ObjectId) -> NoticeDoc | None:
    """The notice."""
    found: NoticeDoc | None = await db["notices"].find_one({"_id": notice})
    return found


async def unread(db: Database, member: ObjectId, hidden: Collection[ObjectId]) -> int:
    """How many notices of a member are unread that none of the `hidden` caused, counted up to MOST_UNREAD."""
    query: dict[str, Any] = {"member": member, "unread": True}
    if hidden:
        query["user"] = {"$nin": list(hidden)}
    return int(await db["notices"].count_documents(query, limit=MOST_UNREAD, hint="unread"))


async def has_unread(db: Database, member: ObjectId, user: ObjectId) -> bool:
    """Whether a member has an unread notice that the user caused."""
    query = {"member": member, "user": user, "unread": True}
    return await db["notices"].find_one(query, {"_id": 1}, hint="unread") is not None


async def read(db: Database, member: ObjectId, up_to: NoticeDoc) -> bool:
    """Marks the notices of a member up to this one as read; whether any of them was unread."""
    at = up_to["createdAt"]
    before = {"$or": [{"createdAt": {"$lt": at}}, {"createdAt": at, "_id": {"$lte": up_to["_id"]}}]}
    done = await db["notices"].update_many({"member": member, "unread": True, **before}, {"$unset": {"unread": ""}})
    return bool(done.modified_count)
