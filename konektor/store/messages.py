"""Messages: the messages of streams, and until when they may be read."""

import asyncio
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import BulkWriteError

from konektor.ports import Database
from konektor.store.database import DUPLICATE
from konektor.store.media import Picture

INDEXES = {
    "messages": [
        IndexModel([("stream", 1), ("seq", 1)], unique=True),
        IndexModel([("stream", 1), ("expires", 1), ("seq", 1)]),
        IndexModel([("stream", 1), ("from", 1), ("seq", 1)]),
        IndexModel([("stream", 1), ("deleted", 1), ("seq", 1), ("from", 1)], partialFilterExpression={"deleted": True}),
        IndexModel([("purge", 1)], expireAfterSeconds=0),
    ]
}

OBSOLETE_INDEXES = {"messages": ["stream_1_touched_1", "unrung_1"]}

MAX_DISORDER = 256
"""Seqs by which messages of a stream may be stored out of the order in which they expire."""
NO_SEQ = 2**53
"""Above the seq of every message."""


class ReactionDoc(TypedDict):
    """An emoji, and the members who chose it."""

    emoji: str
    by: list[ObjectId]


EditMark = TypedDict("EditMark", {"op": ObjectId, "try": ObjectId})
"""An applied edit: its op, and the `try` of its payment."""

NewMessage = TypedDict(
    "NewMessage",
    {
        "_id": ObjectId,  # the op
        "stream": str,
        "from": ObjectId,
        "body": str,
        "cost": int,
        "after": int,  # the author's balance after it
        "digest": bytes,
        "rev": int,  # how often it was edited or deleted
        "try": NotRequired[ObjectId],  # that of the payment it was stored with
        "replyTo": NotRequired[str],
        "official": NotRequired[bool],
        "media": NotRequired[Picture],
    },
)
"""A message that has no seq yet."""


class MessageDoc(NewMessage):
    """A stored message."""

    seq: int
    at: datetime
    expires: NotRequired[datetime]
    """When it can no longer be read."""
    purge: NotRequired[datetime]
    """When it is removed. Until then a repeated `cid` finds it."""
    reactions: NotRequired[list[ReactionDoc]]
    edited: NotRequired[datetime]
    edits: NotRequired[list[EditMark]]
    deleted: NotRequired[bool]
    untold: NotRequired[bool]
    """Whether its last change is not yet published."""


def _readable(now: datetime) -> dict[str, Any]:
    """Matches messages that may be read at `now`; `$not` also matches those without `expires`, which never expire."""
    return {"expires": {"$not": {"$lte": now}}}


async def append(db: Database, docs: list[MessageDoc]) -> tuple[int, str] | None:
    """Stores the messages durably and in order, up to the first that conflicts; None when all are stored.

    Otherwise (its index, why): `id` when it is stored already, `seq` when another message has its seq.
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


async def by_ids(db: Database, ids: list[ObjectId]) -> dict[ObjectId, MessageDoc]:
    """The messages that are stored, including expired and deleted ones."""
    if not ids:
        return {}
    return {doc["_id"]: doc for doc in await _by_ids(db, ids).to_list(len(ids))}


async def get(db: Database, message: ObjectId, now: datetime) -> MessageDoc | None:
    """The message, if it may be read at `now`."""
    doc: MessageDoc | None = await db["messages"].find_one({"_id": message, **_readable(now)})
    return doc


async def after(db: Database, stream: str, seq: int, now: datetime, limit: int, *, expiring: bool) -> list[MessageDoc]:
    """The first readable messages after `seq`, oldest first; `expiring` says whether the stream's messages expire."""
    start = await _start(db, stream, now) if expiring else 0
    query = {"stream": stream, "seq": {"$gt": max(seq, start)}, **_readable(now)}
    docs: list[MessageDoc] = await db.majority_read("messages").find(query).sort("seq", 1).limit(limit).to_list(limit)
    return docs


async def before(
    db: Database, stream: str, seq: int | None, now: datetime, limit: int, *, expiring: bool
) -> list[MessageDoc]:
    """The last readable messages before `seq` (or of all), oldest first; `expiring` as for `after`."""
    reach = {"$gt": await _start(db, stream, now) if expiring else 0} | ({} if seq is None else {"$lt": seq})
    query = {"stream": stream, "seq": reach, **_readable(now)}
    docs: list[MessageDoc] = await db.majority_read("messages").find(query).sort("seq", -1).limit(limit).to_list(limit)
    return docs[::-1]


async def _start(db: Database, stream: str, now: datetime) -> int:
    """A seq after which all readable messages are, so that reading a quiet room does not scan expired ones.

    MAX_DISORDER because instances whose clocks differ may store messages slightly out of the order of expiry.
    """
    first = await first_readable(db, stream, now)
    return NO_SEQ if first is None else first - MAX_DISORDER


async def first_readable(db: Database, stream: str, now: datetime) -> int | None:
    """The seq of the oldest message of the stream that has not expired; None when there is none."""
    doc = await db["messages"].find_one(
        {"stream": stream, "expires": {"$gt": now}}, {"seq": 1}, sort=[("expires", 1), ("seq", 1)]
    )
    return None if doc is None else int(doc["seq"])


async def written_or_deleted(db: Database, stream: str, members: list[ObjectId], after: int, until: int) -> int:
    """How many messages of the stream after the seq `after`, up to `until`, the members wrote, or others wrote and they
    are deleted. Both are counted on an index, without reading a message.
    """
    written = {"stream": stream, "from": {"$in": members}, "seq": {"$gt": after, "$lte": until}}
    deleted = {**written, "deleted": True, "from": {"$nin": members}}
    return sum(await asyncio.gather(*(db["messages"].count_documents(query) for query in (written, deleted))))


async def written_by(db: Database, stream: str, members: list[ObjectId], limit: int) -> list[int]:
    """The seqs of the newest messages of the stream that the members wrote, the newest first; read from an index."""
    query, shown = {"stream": stream, "from": {"$in": members}}, {"_id": 0, "seq": 1}
    return [doc["seq"] async for doc in db["messages"].find(query, shown).sort("seq", -1).limit(limit)]


async def reacted_to(
    db: Database, stream: str, members: list[ObjectId], hidden: list[ObjectId], count: int
) -> list[MessageDoc]:
    """Those of the newest `count` messages of the stream, by none of the `hidden`, with reactions of the members."""
    newest = await db["messages"].find_one({"stream": stream}, {"seq": 1}, sort=[("seq", -1)])
    first = newest["seq"] - count if newest else 0
    query = {"stream": stream, "seq": {"$gt": first}, "reactions.by": {"$in": members}, "from": {"$nin": hidden}}
    found: list[MessageDoc] = await db["messages"].find(query).sort("seq", 1).limit(count).to_list(count)
    return found


async def expired_between(db: Database, streams: list[str], since: datetime, until: datetime) -> dict[str, int]:
    """For each of the streams the newest seq that expired after `since` and not later than `until`, if any."""
    query = {"stream": {"$in": streams}, "expires": {"$gt": since, "$lte": until}}
    newest: dict[str, int] = {}
    async for doc in db["messages"].find(query, {"_id": 0, "stream": 1, "seq": 1}):
        newest[doc["stream"]] = max(newest.get(doc["stream"], 0), doc["seq"])
    return newest


async def edit(db: Database, message: ObjectId, rev: int, mark: EditMark, body: str, at: datetime) -> MessageDoc | None:
    """Replaces the body if the message still has that `rev`; None otherwise, and then permanently."""
    change = {"$set": {"body": body, "edited": at, "untold": True}, "$inc": {"rev": 1}, "$push": {"edits": mark}}
    doc: MessageDoc | None = await db["messages"].find_one_and_update(
        {"_id": message, "rev": rev, "deleted": None}, change, return_document=True
    )
    return doc


async def delete(db: Database, message: ObjectId) -> bool:
    """Empties the message, which keeps its seq; False when it was already deleted."""
    change: dict[str, Any] = {
        "$set": {"body": "", "deleted": True, "reactions": [], "untold": True},
        "$unset": {"media": 1},
        "$inc": {"rev": 1},
    }
    done = await db["messages"].update_one({"_id": message, "deleted": None}, change)
    return bool(done.modified_count)


async def mark_published(db: Database, message: ObjectId) -> MessageDoc | None:
    """Records that the last change of the message is being published; returns the message as it is now."""
    doc: MessageDoc | None = await db.w1_before_majority("messages").find_one_and_update(
        {"_id": message}, {"$unset": {"untold": ""}}, return_document=True
    )
    return doc


async def readable(db: Database, ids: list[ObjectId], now: datetime) -> list[MessageDoc]:
    """The messages that may be read at `now`."""
    docs: list[MessageDoc] = (
        await db.majority_read("messages").find({"_id": {"$in": ids}, **_readable(now)}).to_list(len(ids))
    )
    return docs


async def react(db: Database, message: ObjectId, emoji: str, member: ObjectId, kinds: int) -> bool | None:
    """Adds a member's reaction; False when it exists. None when the message is deleted or has `kinds` other emoji."""
    joined = {"_id": message, "reactions": {"$elemMatch": {"emoji": emoji, "by": {"$ne": member}}}}
    join = {"$push": {"reactions.$.by": member}, "$set": {"untold": True}}
    fresh = {
        "_id": message,
        "deleted": None,
        "reactions.emoji": {"$ne": emoji},
        f"reactions.{kinds - 1}": {"$exists": False},
    }
    begin = {"$push": {"reactions": {"emoji": emoji, "by": [member]}}, "$set": {"untold": True}}
    # The first step again at the end: another member may have added the same emoji between the two.
    for query, change in ((joined, join), (fresh, begin), (joined, join)):
        if (await db["messages"].update_one(query, change)).matched_count:
            return True
    there = {"_id": message, "reactions": {"$elemMatch": {"emoji": emoji, "by": member}}}
    return None if await db["messages"].find_one(there, {"_id": 1}) is None else False


async def unreact(db: Database, message: ObjectId, emoji: str, member: ObjectId) -> bool:
    """Removes a member's reaction, and an emoji without members; False when there was none."""
    taken = await db["messages"].update_one(
        {"_id": message, "reactions": {"$elemMatch": {"emoji": emoji, "by": member}}},
        {"$pull": {"reactions.$.by": member}, "$set": {"untold": True}},
    )
    await db["messages"].update_one({"_id": message}, {"$pull": {"reactions": {"by": []}}})
    return bool(taken.matched_count)
