"""Media: the uploaded pictures, whose they are and what uses them.

The pictures themselves are in ports.Media.
"""

from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel, ReturnDocument

from konektor.ports import Database

INDEXES = {
    "media": [
        IndexModel([("state", 1), ("since", 1)], partialFilterExpression={"since": {"$exists": True}}),
        IndexModel([("owner", 1), ("_id", -1)]),
        IndexModel([("due", 1)], partialFilterExpression={"due": {"$exists": True}}),
        IndexModel([("use.stream", 1)], partialFilterExpression={"use.stream": {"$exists": True}}),
    ]
}

Kind = Literal["avatar", "message", "ad"]
State = Literal["saving", "unused", "used", "deleted"]


class Use(TypedDict, total=False):
    """What uses a picture: one of a profile, a message of a stream, or an ad."""

    profile: ObjectId
    stream: str
    message: ObjectId
    ad: ObjectId


class Picture(TypedDict):
    """What a message keeps of its picture."""

    _id: ObjectId
    width: int
    height: int


class MediaDoc(TypedDict):
    """An uploaded picture. It is deleted once it has been `saving`, `unused` or `deleted` for too long."""

    _id: ObjectId
    owner: ObjectId
    kind: Kind
    state: State
    width: int
    height: int
    bytes: int
    """What was sent."""
    at: datetime
    since: NotRequired[datetime]
    """Since when it has been in its state. One that is used keeps it only as a face that is to be checked: then it is
    the time of its last claim, or a minute before a change of the profile.
    """
    use: NotRequired[Use]
    due: NotRequired[datetime]
    """When to check whether the message that uses it is still there; missing if that may be for good."""
    hold: NotRequired[ObjectId]
    """Identifies its first claim, which may be given back until there is another."""


async def begin(db: Database, media: MediaDoc) -> None:
    """Stores a picture that is being saved, so that it is found whatever happens before it has been."""
    await db["media"].insert_one(media)


async def saved(db: Database, media: ObjectId) -> bool:
    """Makes a picture that has been saved usable; False when it was deleted meanwhile."""
    done = await db["media"].update_one({"_id": media, "state": "saving"}, {"$set": {"state": "unused"}})
    return bool(done.matched_count)


async def get(db: Database, media: ObjectId) -> MediaDoc | None:
    """The document, in any state."""
    found: MediaDoc | None = await db["media"].find_one({"_id": media})
    return found


async def claim(
    db: Database, media: ObjectId, owner: ObjectId, kind: Kind, use: Use, due: datetime | None = None
) -> MediaDoc | None:
    """Takes an unused picture into use, once; the same use again gets it again. None for any other.

    One with a time to check it (`due`) has a `hold` until it is claimed again.
    """
    own: dict[str, Any] = {"_id": media, "owner": owner, "kind": kind}
    checked = {"due": due} if due else {}
    first = {"$set": {"state": "used", "use": use, **checked, **({"hold": ObjectId()} if due else {})}}
    again = {"$set": {"use": use, **checked}, "$unset": {"hold": 1}}
    for query, change in (
        ({**own, "state": "unused"}, {**first, "$unset": {"since": 1}}),
        ({**own, "state": "used", "use": use}, again),
    ):
        claimed: MediaDoc | None = await db["media"].find_one_and_update(
            query, change, return_document=ReturnDocument.AFTER
        )
        if claimed:
            return claimed
    return None


def _as(seen: MediaDoc) -> dict[str, Any]:
    """Matches a picture in use that nobody has claimed since it was seen like this."""
    return {"_id": seen["_id"], "state": "used", "due": seen.get("due"), "hold": seen.get("hold")}


async def give_back(db: Database, seen: MediaDoc) -> bool:
    """Makes a picture unused again, as since its upload; False when it was claimed again meanwhile."""
    change = [{"$set": {"state": "unused", "since": "$at"}}, {"$unset": ["use", "due", "hold"]}]
    return bool((await db["media"].update_one(_as(seen), change)).matched_count)


async def to_check(db: Database, now: datetime, limit: int) -> list[MediaDoc]:
    """Pictures in use that are to be checked by now, those that wait longest first."""
    query = {"due": {"$lte": now}}
    found: list[MediaDoc] = await db["media"].find(query).sort("due", 1).limit(limit).to_list(limit)
    return found


async def check_stream(db: Database, stream: str, due: datetime) -> None:
    """Has the pictures of all messages of a stream checked then."""
    await db["media"].update_many({"use.stream": stream}, {"$set": {"due": due}})


async def check_again(db: Database, seen: MediaDoc, due: datetime | None) -> None:
    """Records when to check a picture in use the next time, unless it was claimed again since it was seen; None for
    never.
    """
    await db["media"].update_one(_as(seen), {"$set": {"due": due}} if due else {"$unset": {"due": 1}})


async def check_at(db: Database, media: ObjectId, due: datetime) -> None:
    """Records that a picture in use is to be checked then."""
    await db["media"].update_one({"_id": media, "state": "used"}, {"$set": {"due": due}})


async def claim_avatar(db: Database, media: ObjectId, owner: ObjectId, now: datetime) -> MediaDoc | None:
    """Takes a picture into use as the face of its owner, which is to be checked; may be repeated. None for others."""
    query = {"_id": media, "owner": owner, "kind": "avatar", "state": {"$in": ["unused", "used"]}}
    change = {"$set": {"state": "used", "use": {"profile": owner}, "since": now}}
    claimed: MediaDoc | None = await db["media"].find_one_and_update(
        query, change, return_document=ReturnDocument.AFTER
    )
    return claimed


async def avatars(db: Database, owner: ObjectId, limit: int) -> list[MediaDoc]:
    """The pictures that are used as faces of the owner: one, unless the profile was changed a moment ago."""
    query = {"owner": owner, "kind": "avatar", "state": "used"}
    found: list[MediaDoc] = await db["media"].find(query).sort("_id", -1).limit(limit).to_list(limit)
    return found


async def check_avatars(db: Database, owner: ObjectId, since: datetime) -> None:
    """Makes the faces of the owner ones that are to be checked, unless they are already."""
    query = {"owner": owner, "kind": "avatar", "state": "used", "since": {"$exists": False}}
    await db["media"].update_many(query, {"$set": {"since": since}})


def _as_seen(seen: MediaDoc) -> dict[str, Any]:
    """Matches a face that was neither claimed nor marked since it was seen like this."""
    return {"_id": seen["_id"], "state": "used", "since": seen.get("since", {"$exists": False})}


async def release_avatar(db: Database, seen: MediaDoc, now: datetime) -> bool:
    """Marks a face as deleted; False when it was claimed again since it was seen."""
    return bool((await db["media"].update_one(_as_seen(seen), _deleted(now))).matched_count)


async def confirm_avatar(db: Database, seen: MediaDoc) -> None:
    """Makes a face one that need not be checked, unless it was claimed again since it was seen."""
    await db["media"].update_one(_as_seen(seen), {"$unset": {"since": 1}})


async def release(db: Database, media: ObjectId, use: Use, now: datetime) -> bool:
    """Marks a picture as deleted that is in that use; False when it is not, or is marked already."""
    done = await db["media"].update_one({"_id": media, "state": "used", "use": use}, _deleted(now))
    return bool(done.matched_count)


async def expire(db: Database, media: ObjectId, before: datetime, now: datetime) -> bool:
    """Marks a picture as deleted that nobody has used since `before`; False when it has been taken into use."""
    query = {"_id": media, "state": {"$in": ["saving", "unused"]}, "since": {"$lte": before}}
    done = await db["media"].update_one(query, _deleted(now))
    return bool(done.matched_count)


def _deleted(now: datetime) -> dict[str, Any]:
    return {"$set": {"state": "deleted", "since": now}, "$unset": {"due": 1, "hold": 1}}


async def overdue(db: Database, states: list[State], before: datetime, limit: int) -> list[MediaDoc]:
    """Pictures that have been in one of these states since `before`, the longest waiting first. Of those that are used
    only the faces that are to be checked.
    """
    query = {"state": {"$in": states}, "since": {"$lte": before}}
    found: list[MediaDoc] = await db["media"].find(query).sort("since", 1).limit(limit).to_list(limit)
    return found


async def postpone(db: Database, media: ObjectId, now: datetime) -> None:
    """Makes a picture that is marked as deleted wait as if it had been marked now."""
    await db["media"].update_one({"_id": media, "state": "deleted"}, {"$set": {"since": now}})


async def forget(db: Database, media: ObjectId) -> None:
    """Removes the document of a picture that has been deleted."""
    await db["media"].delete_one({"_id": media, "state": "deleted"})
