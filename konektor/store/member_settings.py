"""Member settings: what members have set, as part of their account."""

from collections.abc import Mapping

from bson import ObjectId

from konektor.ports import Database
from konektor.store.accounts import Account


async def update(db: Database, member: ObjectId, changes: Mapping[str, bool | str | None]) -> Account | None:
    """Sets these settings of an account, at least one; returns the account then, None when it does not exist."""
    account: Account | None = await db["accounts"].find_one_and_update(
        {"_id": member},
        {"$set": {f"settings.{name}": value for name, value in changes.items()}},
        return_document=True,
    )
    return account


async def hiding_receipts(db: Database, members: list[ObjectId]) -> set[ObjectId]:
    """Those of the members who do not let others see what they have received and read."""
    found = db["accounts"].find({"_id": {"$in": members}, "settings.receipts": False}, {"_id": 1})
    return {account["_id"] async for account in found}


async def set_zone(db: Database, member: ObjectId, zone: str) -> None:
    """Sets the time zone that the member's days end in."""
    await db["accounts"].update_one({"_id": member}, {"$set": {"zone": zone}})
