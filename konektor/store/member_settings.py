"""Member settings: what members have set, as part of their account."""

from collections.abc import Mapping
from typing import Literal, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database

INDEXES: dict[str, list[IndexModel]] = {}


class SettingsDoc(TypedDict, total=False):
    """What the member has set; a missing setting has its default (shapes.Settings)."""

    receipts: bool
    typing: bool
    online: bool
    age: bool
    discoverable: bool
    mail: bool
    lang: str
    theme: Literal["system", "light", "dark"]


async def update(db: Database, member: ObjectId, changes: Mapping[str, bool | str]) -> None:
    """Sets these settings of an account, at least one; the others stay as they are."""
    await db["accounts"].update_one(
        {"_id": member}, {"$set": {f"settings.{name}": value for name, value in changes.items()}}
    )
