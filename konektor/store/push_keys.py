"""Push keys: the key pair with which push services recognize this installation, one for all instances."""

from typing import TypedDict

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from konektor.ports import Database

INDEXES: dict[str, list[IndexModel]] = {"push_keys": []}
ID = "push"


class PushKeyDoc(TypedDict):
    """The private key, encrypted with a key that is derived from the secret."""

    _id: str
    private: bytes


async def get(db: Database) -> bytes | None:
    """The encrypted private key; None when none was made yet."""
    found: PushKeyDoc | None = await db["push_keys"].find_one({"_id": ID})
    return found["private"] if found else None


async def replace(db: Database, before: bytes | None, private: bytes) -> bool:
    """Stores a key in place of `before`, None for none; False when another instance was quicker."""
    if before is not None:
        done = await db["push_keys"].update_one({"_id": ID, "private": before}, {"$set": {"private": private}})
        return bool(done.matched_count)
    try:
        await db["push_keys"].insert_one({"_id": ID, "private": private})
    except DuplicateKeyError:
        return False
    return True
