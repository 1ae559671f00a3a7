"""Groups: conversations with a name and an owner, where every change of who takes part is one atomic step."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from bson import ObjectId
from pymongo import UpdateOne

from konektor.ports import Database
from konektor.store.conversations import Conversation

REMEMBERED = 20
"""The last changes of a group that are remembered, so that repeating one changes nothing."""


async def create(db: Database, stream: str, name: str, users: Sequence[ObjectId]) -> Conversation:
    """Stores a group of these members, of whom the first is the owner; one that exists stays as it is."""
    fresh = {"kind": "g", "users": list(users), "hint": 0, "name": name, "owner": users[0], "since": {}, "done": []}
    # A pipeline update, because only there `$$NOW` is the database's clock.
    change = {"$cond": ["$users", "$$ROOT", {"$mergeObjects": ["$$ROOT", {"$literal": fresh}, {"at": "$$NOW"}]}]}
    made = await _changed(db, {"_id": stream}, [{"$replaceWith": change}], upsert=True)
    return cast(Conversation, made)  # after an upsert there is one


async def rename(db: Database, stream: str, owner: ObjectId, name: str) -> Conversation | None:
    """Gives the group a name; None when the member does not own it."""
    return await _changed(db, {"_id": stream, "owner": owner}, [{"$set": {"name": {"$literal": name}}}])


async def add(
    db: Database, stream: str, by: ObjectId, member: ObjectId, most: int, op: ObjectId
) -> Conversation | None:
    """Adds a member, who sees what is said from then on. None unless `by` takes part, the member does not, and there
    are fewer than `most`.
    """
    query = {"_id": stream, "users": {"$all": [by], "$nin": [member]}, f"users.{most - 1}": {"$exists": False}}
    return await _changed(
        db,
        query,
        [
            {
                "$set": {
                    "users": {"$concatArrays": ["$users", [member]]},
                    # A message that is about to be stored has counted who takes part by now.
                    f"since.{member}": "$hint",
                    "done": _with(op),
                }
            }
        ],
    )


async def remove(db: Database, stream: str, member: ObjectId, op: ObjectId, **also: Any) -> Conversation | None:
    """Removes a member; whoever has taken part longest inherits. None when they do not take part, or the group is not
    as `also` says.
    """
    left = {"$filter": {"input": "$users", "cond": {"$ne": ["$$this", member]}}}
    owner = {"$cond": [{"$eq": ["$owner", member]}, {"$arrayElemAt": ["$users", 0]}, "$owner"]}
    return await _changed(
        db,
        {"_id": stream, "users": member, **also},
        [{"$set": {"users": left, "done": _with(op)}}, {"$set": {"owner": owner}}, {"$unset": f"since.{member}"}],
    )


async def show_from(db: Database, stream: str, seq: int, since: Mapping[str, int]) -> None:
    """Lets members see the message `seq` and those after it. `since` is what was read of them: one of whom it is not
    true any more was added anew.
    """
    writes = [
        UpdateOne({"_id": stream, f"since.{member}": after}, {"$set": {f"since.{member}": seq - 1}})
        for member, after in since.items()
    ]
    await db["conversations"].bulk_write(writes, ordered=False)


async def ended(db: Database, limit: int) -> list[str]:
    """The streams of groups in which nobody takes part any more."""
    return [
        group["_id"] async for group in db["conversations"].find({"users": [], "kind": "g"}, {"_id": 1}).limit(limit)
    ]


async def end(db: Database, stream: str) -> bool:
    """Removes a group in which nobody takes part any more."""
    return bool((await db["conversations"].delete_one({"_id": stream, "users": []})).deleted_count)


async def count(db: Database, member: ObjectId, most: int) -> int:
    """In how many groups the member takes part, counted up to `most`."""
    return int(await db["conversations"].count_documents({"users": member, "kind": "g"}, limit=most))


def _with(op: ObjectId) -> dict[str, Any]:
    return {"$slice": [{"$concatArrays": ["$done", [op]]}, -REMEMBERED]}


async def _changed(
    db: Database, query: dict[str, Any], change: list[dict[str, Any]], *, upsert: bool = False
) -> Conversation | None:
    """Changes the group that the query finds; returns it as it is then, None when there is none."""
    changed: Conversation | None = await db["conversations"].find_one_and_update(
        query, change, upsert=upsert, return_document=True
    )
    return changed
