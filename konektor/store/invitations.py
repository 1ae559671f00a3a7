"""Invitations: codes that let people join, each a limited number of times."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from konektor.ports import Database
from konektor.store.accounts import Role

INDEXES = {
    "invitations": [
        IndexModel([("by", 1), ("createdAt", -1)]),
        IndexModel([("open", 1)], unique=True, partialFilterExpression={"open": {"$exists": True}}),
        IndexModel([("pend.at", 1)]),
        IndexModel([("founder", 1)], partialFilterExpression={"founder": True}),
    ]
}


class Joining(TypedDict):
    """A use of an invitation by an account that is still joining."""

    member: ObjectId
    at: datetime


class Invitation(TypedDict):
    """A code that lets `cap` people join."""

    _id: str
    by: ObjectId | None
    uses: int
    cap: int
    tokens: int
    """Tokens granted to each of them."""
    role: Role
    createdAt: datetime
    validUntil: datetime
    pend: list[Joining]
    """Uses that are counted already, and given back when the account does not become active."""
    revoked: NotRequired[bool]
    open: NotRequired[ObjectId]
    """The member whose one open code this is: unique, so a member has one at a time."""
    op: NotRequired[ObjectId]
    founder: NotRequired[bool]
    """Whether it is the code of the first member."""


def _usable(code: str, now: datetime) -> dict[str, Any]:
    return {"_id": code, "revoked": None, "validUntil": {"$gt": now}, "$expr": {"$lt": ["$uses", "$cap"]}}


async def insert(db: Database, invitation: Invitation) -> bool:
    """Stores a new code; False when the code is taken, or its member has an open one."""
    try:
        await db["invitations"].insert_one(invitation)
    except DuplicateKeyError:
        return False
    return True


async def get(db: Database, code: str) -> Invitation | None:
    """The invitation, usable or not."""
    found: Invitation | None = await db["invitations"].find_one({"_id": code})
    return found


async def usable(db: Database, code: str, now: datetime) -> Invitation | None:
    """The invitation, if it can be used to join now."""
    found: Invitation | None = await db["invitations"].find_one(_usable(code, now))
    return found


async def claim(db: Database, code: str, member: ObjectId, now: datetime) -> Invitation | None:
    """Counts one use, for an account that is joining; None when the invitation cannot be used."""
    found: Invitation | None = await db["invitations"].find_one_and_update(
        _usable(code, now),
        {"$inc": {"uses": 1}, "$push": {"pend": {"member": member, "at": now}}},
        return_document=True,
    )
    return found


async def confirm(db: Database, code: str, member: ObjectId) -> None:
    """Removes the `pend` entry of a member who is active now."""
    await db["invitations"].update_one({"_id": code}, {"$pull": {"pend": {"member": member}}})


async def release(db: Database, code: str, member: ObjectId) -> None:
    """Gives back the use of an account that was removed, once."""
    await db["invitations"].update_one(
        {"_id": code, "pend.member": member}, {"$inc": {"uses": -1}, "$pull": {"pend": {"member": member}}}
    )


async def stale(db: Database, before: datetime, limit: int) -> list[tuple[Invitation, ObjectId]]:
    """(invitation, member) of uses that are older than that time and still joining."""
    found = db["invitations"].find({"pend.at": {"$lt": before}}).limit(limit)
    return [(doc, item["member"]) async for doc in found for item in doc["pend"] if item["at"] < before]


async def open_code(db: Database, member: ObjectId) -> Invitation | None:
    """The member's invitation that is marked as open; it may have expired meanwhile."""
    found: Invitation | None = await db["invitations"].find_one({"open": member})
    return found


async def close(db: Database, code: str, *, revoke: bool = False) -> None:
    """Removes the mark of an open invitation; `revoke` also makes it unusable."""
    change: dict[str, Any] = {"$unset": {"open": ""}}
    if revoke:
        change["$set"] = {"revoked": True}
    await db["invitations"].update_one({"_id": code}, change)


async def of_member(db: Database, member: ObjectId, limit: int) -> list[Invitation]:
    """The member's codes, newest first."""
    found: list[Invitation] = (
        await db["invitations"].find({"by": member}).sort("createdAt", -1).limit(limit).to_list(limit)
    )
    return found


async def founders(db: Database) -> Invitation | None:
    """The newest code made for the first member."""
    found: Invitation | None = await db["invitations"].find_one({"founder": True}, sort=[("createdAt", -1)])
    return found
