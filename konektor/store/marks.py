"""Marks: up to which seq each member has read each stream."""

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database

INDEXES: dict[str, list[IndexModel]] = {"marks": []}


def _key(member: ObjectId, stream: str) -> str:
    return f"{member} {stream}"


async def advance(db: Database, member: ObjectId, stream: str, seq: int) -> int:
    """Moves the mark to `seq`, never back; returns where it was, 0 for one that is new."""
    before = await db.w1_before_majority("marks").find_one_and_update(
        {"_id": _key(member, stream)}, {"$max": {"seq": seq}}, upsert=True
    )
    return int(before["seq"]) if before else 0


async def get(db: Database, member: ObjectId, streams: list[str]) -> dict[str, int]:
    """The marks of those streams that have one."""
    keys = {_key(member, stream): stream for stream in streams}
    return {keys[mark["_id"]]: mark["seq"] async for mark in db["marks"].find({"_id": {"$in": list(keys)}})}
