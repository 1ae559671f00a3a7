"""Changes of stored messages: edits, deletions and reactions, each atomic on its message."""

from datetime import datetime
from typing import Any

from bson import ObjectId

from konektor.ports import Database
from konektor.store.messages import WITHOUT_WORDS, EditMark, MessageDoc, searched_by


async def edit(db: Database, message: ObjectId, rev: int, mark: EditMark, body: str, at: datetime) -> MessageDoc | None:
    """Replaces the body if the message still has that `rev`; None otherwise, and then permanently."""
    new = {"body": body, "edited": at, "untold": True, **searched_by(body)}
    change = {"$set": new, "$inc": {"rev": 1}, "$push": {"edits": mark}}
    doc: MessageDoc | None = await db["messages"].find_one_and_update(
        {"_id": message, "rev": rev, "deleted": None}, change, WITHOUT_WORDS, return_document=True
    )
    return doc


async def delete(db: Database, message: ObjectId) -> bool:
    """Empties the message, which keeps its seq; False when it was already deleted."""
    change: dict[str, Any] = {
        "$set": {"body": "", "deleted": True, "reactions": [], "untold": True},
        "$unset": {"media": 1, "words": 1},
        "$inc": {"rev": 1},
    }
    done = await db["messages"].update_one({"_id": message, "deleted": None}, change)
    return bool(done.modified_count)


async def end(db: Database, stream: str, at: datetime) -> None:
    """Ends all messages of a stream: none is found or read from then on, and they are removed soon."""
    change = {"$set": {"expires": at, "purge": at}, "$unset": {"words": 1}}
    await db["messages"].update_many({"stream": stream}, change)


async def mark_published(db: Database, message: ObjectId) -> MessageDoc | None:
    """Records that the last change of the message is being published; returns the message as it is now."""
    doc: MessageDoc | None = await db.w1_before_majority("messages").find_one_and_update(
        {"_id": message}, {"$unset": {"untold": ""}}, WITHOUT_WORDS, return_document=True
    )
    return doc


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
