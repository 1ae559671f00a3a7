"""Messages: the messages of streams, and until when they may be read."""

import asyncio
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import BulkWriteError

from konektor.flow import words
from konektor.ports import Database
from konektor.store.database import DUPLICATE
from konektor.store.media import Picture

_EXPIRING, _PURGED = {"expires": {"$exists": True}}, {"purge": {"$exists": True}}
"""Direct messages, and those of groups, stay: they have no entries in these indexes until they are deleted."""

INDEXES = {
    "messages": [
        IndexModel([("stream", 1), ("seq", 1)], unique=True),
        IndexModel([("stream", 1), ("expires", 1), ("seq", 1)], name="expiring", partialFilterExpression=_EXPIRING),
        IndexModel([("stream", 1), ("from", 1), ("seq", 1)]),
        IndexModel([("stream", 1), ("deleted", 1), ("seq", 1), ("from", 1)], partialFilterExpression={"deleted": True}),
        IndexModel([("stream", 1), ("words", 1), ("at", -1), ("_id", -1)]),
        IndexModel([("purge", 1)], name="purged", expireAfterSeconds=0, partialFilterExpression=_PURGED),
    ]
}

OBSOLETE_INDEXES = {"messages": ["stream_1_touched_1", "unrung_1", "stream_1_expires_1_seq_1", "purge_1"]}

MAX_DISORDER = 256
"""Seqs by which messages of a stream may be stored out of the order in which they expire."""
NO_SEQ = 2**53
"""Above the seq of every message."""
WITHOUT_WORDS = {"words": 0}
"""The projection of everything that is read: the keys of a message's words are for its index alone."""


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


def searched_by(body: str) -> dict[str, list[str]]:
    """The field `words` of a message with that body: the keys that a search finds it by."""
    return {"words": words.keys(body)}


def to_store(docs: list[MessageDoc]) -> list[dict[str, Any]]:
    """The messages as they are stored, so that a search finds them from then on."""
    return [{**doc, **searched_by(doc["body"])} for doc in docs]


def readable_at(now: datetime) -> dict[str, Any]:
    """Matches messages that may be read at `now`; `$not` also matches those without `expires`, which never expire."""
    return {"expires": {"$not": {"$lte": now}}}


async def append(db: Database, docs: list[MessageDoc]) -> tuple[int, str] | None:
    """Stores the messages durably and in order, up to the first that conflicts; None when all are stored.

    Otherwise (its index, why): `id` when it is stored already, `seq` when another message has its seq.
    """
    try:
        await db["messages"].insert_many(to_store(docs), ordered=True)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if not failures or failures[0]["code"] != DUPLICATE:
            raise
        return failures[0]["index"], "id" if "_id" in failures[0]["keyPattern"] else "seq"
    return None


def _by_ids(db: Database, ids: list[ObjectId]) -> Any:
    return db["messages"].find({"_id": {"$in": ids}}, WITHOUT_WORDS)


async def by_ids(db: Database, ids: list[ObjectId]) -> dict[ObjectId, MessageDoc]:
    """The messages that are stored, including expired and deleted ones."""
    if not ids:
        return {}
    return {doc["_id"]: doc for doc in await _by_ids(db, ids).to_list(len(ids))}


async def get(db: Database, message: ObjectId, now: datetime) -> MessageDoc | None:
    """The message, if it may be read at `now`."""
    doc: MessageDoc | None = await db["messages"].find_one({"_id": message, **readable_at(now)}, WITHOUT_WORDS)
    return doc


async def after(db: Database, stream: str, seq: int, now: datetime, limit: int, *, expiring: bool) -> list[MessageDoc]:
    """The first readable messages after `seq`, oldest first; `expiring` says whether the stream's messages expire."""
    start = await _start(db, stream, now) if expiring else 0
    query = {"stream": stream, "seq": {"$gt": max(seq, start)}, **readable_at(now)}
    found = db.majority_read("messages").find(query, WITHOUT_WORDS).sort("seq", 1).limit(limit)
    docs: list[MessageDoc] = await found.to_list(limit)
    return docs


async def before(
    db: Database, stream: str, seq: int | None, now: datetime, limit: int, *, expiring: bool
) -> list[MessageDoc]:
    """The last readable messages before `seq` (or of all), oldest first; `expiring` as for `after`."""
    reach = {"$gt": await _start(db, stream, now) if expiring else 0} | ({} if seq is None else {"$lt": seq})
    query = {"stream": stream, "seq": reach, **readable_at(now)}
    found = db.majority_read("messages").find(query, WITHOUT_WORDS).sort("seq", -1).limit(limit)
    docs: list[MessageDoc] = await found.to_list(limit)
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
    found = db["messages"].find(query, WITHOUT_WORDS).sort("seq", 1).limit(count)
    docs: list[MessageDoc] = await found.to_list(count)
    return docs


async def expired_between(db: Database, streams: list[str], since: datetime, until: datetime) -> dict[str, int]:
    """For each of the streams the newest seq that expired after `since` and not later than `until`, if any."""
    query = {"stream": {"$in": streams}, "expires": {"$gt": since, "$lte": until}}
    newest: dict[str, int] = {}
    async for doc in db["messages"].find(query, {"_id": 0, "stream": 1, "seq": 1}):
        newest[doc["stream"]] = max(newest.get(doc["stream"], 0), doc["seq"])
    return newest


async def readable(db: Database, ids: list[ObjectId], now: datetime) -> list[MessageDoc]:
    """The messages that may be read at `now`."""
    query = {"_id": {"$in": ids}, **readable_at(now)}
    docs: list[MessageDoc] = await db.majority_read("messages").find(query, WITHOUT_WORDS).to_list(len(ids))
    return docs
