"""Messages: what is said in every stream, and until when it may be read.

A message is `{_id: op, stream, seq, from, body, cost, after, digest, try?, at, expires?, purge?, official?, replyTo?,
reactions?: [{emoji, by: [member]}], edited?, edits?: [{op, try}], rev, deleted?, untold?, touched?, unrung?}`; it is
`untold` between a change and its telling; `touched` is when it was changed last, `unrung` when a change could not be
rung for the other instances, `expires` when nobody may read it any more, `purge` when it is removed: until then a
repeated `cid` finds the answer that was given.
"""

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import BulkWriteError

from konektor.ports import Database
from konektor.store.database import DUPLICATE

INDEXES = {
    "messages": [
        IndexModel([("stream", 1), ("seq", 1)], unique=True),
        IndexModel([("stream", 1), ("expires", 1), ("seq", 1)]),
        IndexModel([("purge", 1)], expireAfterSeconds=0),
        IndexModel([("stream", 1), ("touched", 1)], partialFilterExpression={"touched": {"$exists": True}}),
        IndexModel([("unrung", 1)], partialFilterExpression={"unrung": {"$exists": True}}),
    ]
}

OUT_OF_ORDER = 256
NOTHING = 2**53
"""A seq that no message has."""

Doc = dict[str, Any]


def _readable(now: datetime) -> dict[str, Any]:
    """What may be read at `now`; `$not` also lets direct messages through, which have no `expires`."""
    return {"expires": {"$not": {"$lte": now}}}


async def append(db: Database, docs: list[Doc]) -> tuple[int, str] | None:
    """Stores the messages durably and in order, up to the first that cannot be; None when all are stored.

    Otherwise (its place, why): `id` when it is stored already, `seq` when another message has its seq.
    """
    try:
        await db["messages"].insert_many(docs, ordered=True)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if not failures or failures[0]["code"] != DUPLICATE:
            raise
        return failures[0]["index"], "id" if "_id" in failures[0]["keyPattern"] else "seq"
    return None


def _by_ids(db: Database, ids: list[ObjectId]) -> Any:
    return db["messages"].find({"_id": {"$in": ids}})


async def by_ids(db: Database, ids: list[ObjectId]) -> dict[ObjectId, Doc]:
    """Those of the messages that are stored, expired or deleted ones too."""
    if not ids:
        return {}
    return {doc["_id"]: doc for doc in await _by_ids(db, ids).to_list(len(ids))}


async def get(db: Database, message: ObjectId, now: datetime) -> Doc | None:
    """The message, when it may be read at `now`."""
    doc: Doc | None = await db["messages"].find_one({"_id": message, **_readable(now)})
    return doc


async def after(db: Database, stream: str, seq: int, now: datetime, limit: int) -> list[Doc]:
    """The first readable messages behind `seq`, oldest first."""
    start = await _start(db, stream, now)
    query = {"stream": stream, "seq": {"$gt": max(seq, start)}, **_readable(now)}
    docs: list[Doc] = await db.majority_read("messages").find(query).sort("seq", 1).limit(limit).to_list(limit)
    return docs


async def before(db: Database, stream: str, seq: int | None, now: datetime, limit: int) -> list[Doc]:
    """The last readable messages before `seq` (or of all), oldest first."""
    reach = {"$gt": await _start(db, stream, now)} | ({} if seq is None else {"$lt": seq})
    query = {"stream": stream, "seq": reach, **_readable(now)}
    docs: list[Doc] = await db.majority_read("messages").find(query).sort("seq", -1).limit(limit).to_list(limit)
    return docs[::-1]


async def _start(db: Database, stream: str, now: datetime) -> int:
    """A seq behind which all readable messages lie, so that a look into a quiet room does not walk over yesterday.

    Servers whose clocks differ may store messages a little out of the order in which they expire.
    """
    if not stream.startswith("r:"):
        return 0
    first = await first_readable(db, stream, now)
    return NOTHING if first is None else first - OUT_OF_ORDER


async def first_readable(db: Database, stream: str, now: datetime) -> int | None:
    """The seq of the oldest message of a room that may still be read."""
    doc = await db["messages"].find_one(
        {"stream": stream, "expires": {"$gt": now}}, {"seq": 1}, sort=[("expires", 1), ("seq", 1)]
    )
    return None if doc is None else int(doc["seq"])


async def expired_between(db: Database, streams: list[str], since: datetime, until: datetime) -> dict[str, int]:
    """Of those streams the newest seq whose time ended after `since` and not later than `until`, if there is one."""
    query = {"stream": {"$in": streams}, "expires": {"$gt": since, "$lte": until}}
    newest: dict[str, int] = {}
    async for doc in db["messages"].find(query, {"_id": 0, "stream": 1, "seq": 1}):
        newest[doc["stream"]] = max(newest.get(doc["stream"], 0), doc["seq"])
    return newest


async def edit(db: Database, message: ObjectId, rev: int, mark: dict[str, Any], body: str, at: datetime) -> Doc | None:
    """Replaces the body if nothing has happened to the message since `rev`; None otherwise, now and for ever."""
    change = {"$set": {"body": body, "edited": at, "untold": True}, "$inc": {"rev": 1}, "$push": {"edits": mark}}
    doc: Doc | None = await db["messages"].find_one_and_update(
        {"_id": message, "rev": rev, "deleted": None}, change, return_document=True
    )
    return doc


async def delete(db: Database, message: ObjectId) -> bool:
    """Leaves a tombstone: the words and reactions are gone, the seq stays. False when it was one already."""
    change: dict[str, Any] = {
        "$set": {"body": "", "deleted": True, "reactions": [], "untold": True},
        "$inc": {"rev": 1},
    }
    done = await db["messages"].update_one({"_id": message, "deleted": None}, change)
    return bool(done.modified_count)


async def touch(db: Database, message: ObjectId, now: datetime, *, rung: bool) -> Doc | None:
    """Notes when the message was changed last, and when others could not be told of it last; the message then."""
    change: dict[str, Any] = {"$max": {"touched": now} if rung else {"touched": now, "unrung": now}}
    change["$unset"] = {"untold": ""}
    doc: Doc | None = await db.w1_before_majority("messages").find_one_and_update(
        {"_id": message}, change, return_document=True
    )
    return doc


async def unring(db: Database, streams: list[str], since: datetime, now: datetime) -> None:
    """Notes that others may not have been told of the changes behind `since` in those streams."""
    query = {"stream": {"$in": streams}, "touched": {"$gt": since}}
    await db.w1_before_majority("messages").update_many(query, {"$max": {"unrung": now}})


async def changed_since(
    db: Database, streams: list[str], since: datetime, now: datetime, limit: int, skip: int = 0, *, by: str
) -> list[Doc]:
    """The readable messages of those streams that were changed (`by` is `touched`) or could not be told of (`unrung`)
    behind that time, the first ones first, without `skip` of them.
    """
    query = {"stream": {"$in": streams}, by: {"$gt": since}, **_readable(now)}
    docs: list[Doc] = await db["messages"].find(query).sort(by, 1).skip(skip).limit(limit).to_list(limit)
    return docs


async def react(db: Database, message: ObjectId, emoji: str, member: ObjectId, kinds: int) -> bool | None:
    """Adds a member's reaction; False when it is there. None when the message is deleted or has `kinds` other emoji."""
    joined = {"_id": message, "reactions": {"$elemMatch": {"emoji": emoji, "by": {"$ne": member}}}}
    join = {"$push": {"reactions.$.by": member}, "$set": {"untold": True}}
    fresh = {
        "_id": message,
        "deleted": None,
        "reactions.emoji": {"$ne": emoji},
        f"reactions.{kinds - 1}": {"$exists": False},
    }
    begin = {"$push": {"reactions": {"emoji": emoji, "by": [member]}}, "$set": {"untold": True}}
    # Once more in the end: somebody else may have begun with the same emoji between the two steps.
    for query, change in ((joined, join), (fresh, begin), (joined, join)):
        if (await db["messages"].update_one(query, change)).matched_count:
            return True
    there = {"_id": message, "reactions": {"$elemMatch": {"emoji": emoji, "by": member}}}
    return None if await db["messages"].find_one(there, {"_id": 1}) is None else False


async def unreact(db: Database, message: ObjectId, emoji: str, member: ObjectId) -> bool:
    """Takes a member's reaction back, and the emoji with its last member; False when it was not there."""
    taken = await db["messages"].update_one(
        {"_id": message, "reactions": {"$elemMatch": {"emoji": emoji, "by": member}}},
        {"$pull": {"reactions.$.by": member}, "$set": {"untold": True}},
    )
    await db["messages"].update_one({"_id": message}, {"$pull": {"reactions": {"by": []}}})
    return bool(taken.matched_count)
