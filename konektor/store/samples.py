"""Sample members: the accounts of a development server that are not those of people."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from konektor.ports import Database
from konektor.store.accounts import Account


async def mark(db: Database, email: str) -> None:
    """Makes the member of that address a sample member."""
    await db["accounts"].update_one({"email": email}, {"$set": {"sample": True}})


async def first(db: Database, limit: int) -> list[Account]:
    """The sample members in the order they joined."""
    query = {"sample": True, "state": "active"}
    found: list[Account] = await db["accounts"].find(query).sort("_id", 1).limit(limit).to_list(limit)
    return found


async def is_in_room(db: Database, label: str) -> bool:
    """Whether there is a sample member of the room."""
    return await db["accounts"].find_one({"labels": label, "state": "active", "sample": True}, {"_id": 1}) is not None


async def by_email(db: Database, emails: list[str]) -> dict[str, Account]:
    """The sample members of those addresses."""
    found = db["accounts"].find({"email": {"$in": emails}, "sample": True, "state": "active"})
    return {account["email"]: account async for account in found}


async def others_in_room(db: Database, label: str, limit: int) -> list[ObjectId]:
    """Members of the room who are no sample members, in the order they joined."""
    query = {"labels": label, "state": "active", "sample": None}
    found = db["accounts"].find(query, {"_id": 1}).sort("_id", 1).limit(limit)
    return [account["_id"] async for account in found]


async def honour(
    db: Database, member: ObjectId, *, badges: Sequence[str], premium: bool, hidden: Sequence[str], birthday: bool
) -> None:
    """Gives a sample member badges, Premium with its tick, settings that are off, and a birthday in the profile."""
    given: dict[str, Any] = {"badges": list(badges), "birthday": birthday}
    given |= {f"settings.{name}": False for name in hidden}
    if premium:
        given |= {"plan": "premium", "tick": True}
    await db["accounts"].update_one({"_id": member}, {"$set": given})
