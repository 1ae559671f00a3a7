"""Marks: up to which seq each member has read each stream, and has received the messages of it."""

from collections.abc import Collection, Mapping
from typing import TypedDict

from bson import ObjectId
from pymongo import IndexModel, UpdateOne

from konektor.ports import Database

INDEXES: dict[str, list[IndexModel]] = {"marks": []}

Place = tuple[ObjectId, str]
"""A member and a stream."""


class Mark(TypedDict):
    """How far a member has read a stream (`seq`), and received it (`got`, only of direct conversations)."""

    seq: int
    got: int


def _key(member: ObjectId, stream: str) -> str:
    return f"{member} {stream}"


async def advance(db: Database, member: ObjectId, stream: str, seq: int) -> int:
    """Moves the mark to `seq`, never back; returns where it was, 0 for one that is new."""
    before = await db.w1_before_majority("marks").find_one_and_update(
        {"_id": _key(member, stream)}, {"$max": {"seq": seq}}, upsert=True
    )
    return int(before.get("seq", 0)) if before else 0


async def receive(db: Database, received: Mapping[Place, int]) -> None:
    """Notes up to which seq members have received streams; never back."""
    writes = [UpdateOne({"_id": _key(*place)}, {"$max": {"got": seq}}, upsert=True) for place, seq in received.items()]
    await db.w1_before_majority("marks").bulk_write(writes, ordered=False)


async def get(db: Database, member: ObjectId, streams: list[str]) -> dict[str, int]:
    """How far the member has read those of the streams that have a mark."""
    return {stream: mark.get("seq", 0) for (_, stream), mark in (await of(db, [(member, s) for s in streams])).items()}


async def of(db: Database, places: Collection[Place]) -> dict[Place, Mark]:
    """The marks that exist."""
    keys = {_key(*place): place for place in places}
    found = await db["marks"].find({"_id": {"$in": list(keys)}}).batch_size(len(keys)).to_list()
    return {keys[mark["_id"]]: Mark(seq=mark.get("seq", 0), got=mark.get("got", 0)) for mark in found}
