"""The audit log: actions of staff, kept permanently."""

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database

INDEXES = {"audit": [IndexModel([("at", -1)])]}


async def append(db: Database, by: ObjectId, action: str, at: datetime, details: dict[str, Any]) -> None:
    """Appends a row `{by, action, at, ...details}`."""
    await db["audit"].insert_one({"by": by, "action": action, "at": at, **details})
