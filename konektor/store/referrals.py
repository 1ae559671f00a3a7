"""Accounts as invitations see them: who invites, and the first days of who was invited."""

from bson import ObjectId

from konektor.ports import Database
from konektor.store.accounts import PROFILE_CARD, Account, ProfileCard, Referral


async def inviter(db: Database, member: ObjectId) -> ProfileCard | None:
    """The card of an active member whose invitation somebody opens."""
    query = {"_id": member, "state": "active"}
    card: ProfileCard | None = await db["accounts"].find_one(query, PROFILE_CARD)
    return card


async def set_referral(db: Database, member: ObjectId, by: ObjectId) -> None:
    """Notes who invited an account that is joining."""
    begun: Referral = {"by": by, "days": []}
    await db["accounts"].update_one({"_id": member, "state": "joining"}, {"$set": {"referral": begun}})


async def count_active_day(db: Database, member: ObjectId, day: str, most: int) -> int:
    """Adds a day to the member's first days, once and up to `most`; returns how many there are, 0 if it added none."""
    query = {
        "_id": member,
        "referral": {"$exists": True},
        "referral.days": {"$ne": day},
        f"referral.days.{most - 1}": {"$exists": False},
    }
    account: Account | None = await db["accounts"].find_one_and_update(
        query, {"$push": {"referral.days": day}}, projection={"referral": 1}, return_document=True
    )
    return len(account["referral"]["days"]) if account else 0


async def end_referral(db: Database, member: ObjectId) -> None:
    """Notes that both have got their tokens."""
    await db["accounts"].update_one({"_id": member}, {"$set": {"referral.ended": True}})
