"""Conversations: who takes part in each direct conversation and group, and when something was said there last."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel, UpdateMany, UpdateOne

from konektor.ports import Database

INDEXES = {
    "conversations": [
        IndexModel([("users", 1), ("kind", 1), ("at", -1), ("_id", -1)]),
        IndexModel([("at", 1)]),
    ]
}


Kind = Literal["d", "g"]


class Conversation(TypedDict):
    """A conversation that is not a room: `d:<id>` or `g:<id>`."""

    _id: str
    kind: Kind
    users: list[ObjectId]
    """Who takes part, those who have been in it longest first."""
    at: datetime
    """When it began, or when something was said in it last, by the database's clock, to the second while two talk."""
    hint: int
    """At least the seq of the newest message: it is raised before a message is stored, and stays if it never is."""
    name: NotRequired[str]
    """The name of a group."""
    owner: NotRequired[ObjectId]
    done: NotRequired[list[ObjectId]]
    """The ops of the last changes of who takes part in a group."""
    since: NotRequired[dict[str, int]]
    """Of a group, by the id of the member, the seq after which they see what is said; 0 is left out."""


async def begin(db: Database, stream: str, users: Sequence[ObjectId]) -> None:
    """Stores a conversation in which nothing has been said yet; one that exists stays as it is."""
    fresh = {"kind": stream[0], "users": list(users), "hint": 0}
    # A pipeline update, because only there `$$NOW` is the database's clock.
    change = {"$cond": ["$users", "$$ROOT", {"$mergeObjects": ["$$ROOT", {"$literal": fresh}, {"at": "$$NOW"}]}]}
    await db["conversations"].update_one({"_id": stream}, [{"$replaceWith": change}], upsert=True)


async def touch(db: Database, seqs: Mapping[str, int], users: Mapping[str, Sequence[ObjectId]]) -> None:
    """Notes that messages up to these seqs are about to be stored; conversations that are new begin with `users`.

    w:1: the durable write of the messages confirms it. The caller compares `db.connection_epoch`.
    """
    writes = [
        UpdateOne(
            {"_id": stream},
            {**_touched(seq), "$setOnInsert": {"kind": stream[0], "users": list(users[stream])}},
            upsert=True,
        )
        for stream, seq in seqs.items()
    ]
    await db.w1_checked("conversations").bulk_write(writes, ordered=False)


async def raise_hints(db: Database, counts: Mapping[str, int]) -> None:
    """Notes that so many messages are about to be stored in these conversations, which exist and keep their `at`; no
    index has to follow then. w:1, as `touch`.
    """
    streams: dict[int, list[str]] = {}
    for stream, count in counts.items():
        streams.setdefault(count, []).append(stream)
    # One update for many, as the database plans each of them.
    writes = [UpdateMany({"_id": {"$in": names}}, {"$inc": {"hint": count}}) for count, names in streams.items()]
    await db.w1_checked("conversations").bulk_write(writes, ordered=False)


def _touched(seq: int) -> dict[str, Any]:
    return {"$max": {"hint": seq}, "$currentDate": {"at": True}}


async def touch_group(
    db: Database, stream: str, seq: int, authors: Collection[ObjectId]
) -> tuple[list[ObjectId], Mapping[str, int]] | None:
    """The same for a group, if one of the authors takes part; otherwise None. Returns who takes part at that moment,
    and their `since`.
    """
    query = {"_id": stream, "users": {"$in": list(authors)}}
    found = await db.w1_checked("conversations").find_one_and_update(query, _touched(seq), {"users": 1, "since": 1})
    return (found["users"], found.get("since", {})) if found else None


async def get(db: Database, streams: Sequence[str]) -> dict[str, Conversation]:
    """Those of the conversations that exist."""
    found = db["conversations"].find({"_id": {"$in": list(streams)}})
    return {item["_id"]: item async for item in found}


async def touched(db: Database, since: datetime, limit: int) -> list[Conversation]:
    """The conversations in which something was said since then, the longest ago first."""
    found: list[Conversation] = (
        await db["conversations"].find({"at": {"$gte": since}}).sort("at", 1).limit(limit).to_list(limit)
    )
    return found


async def newest(db: Database) -> datetime | None:
    """When something was said last in any conversation; None when nothing ever was."""
    found = await db["conversations"].find_one({}, {"_id": 0, "at": 1}, sort=[("at", -1)])
    at: datetime | None = found["at"] if found else None
    return at


async def of_member(
    db: Database, member: ObjectId, kinds: Sequence[Kind], before: tuple[datetime, str] | None, limit: int
) -> list[Conversation]:
    """The conversations of these kinds that the member takes part in, the newest first, from the one behind `before`
    (its `at` and name) on.
    """
    query: dict[str, Any] = {"users": member, "kind": {"$in": list(kinds)}}
    if before:
        at, stream = before
        # No `$or`, whose branches would have to be sorted.
        query |= {"at": {"$lte": at}, "$nor": [{"at": at, "_id": {"$gte": stream}}]}
    order = [("at", -1), ("_id", -1)]
    found: list[Conversation] = await db["conversations"].find(query).sort(order).limit(limit).to_list(limit)
    return found
