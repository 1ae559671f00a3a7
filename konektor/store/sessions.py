"""Login sessions: one row for each browser or client that is signed in.

A session is `{_id, member, kind: browser|client, device, createdAt, lastSeen, expires, gen, greeted: [label],
ended?: reason, endedAt?}`. `gen` counts the refresh tokens given out; `greeted` are the rooms whose sponsor has been
shown.
"""

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database

INDEXES = {
    "sessions": [
        IndexModel([("member", 1), ("lastSeen", -1)]),
        IndexModel([("expires", 1)], expireAfterSeconds=7 * 86_400),
        IndexModel([("endedAt", 1)], sparse=True),
    ]
}

Session = dict[str, Any]


async def insert(db: Database, session: Session) -> None:
    """Stores a new session."""
    await db["sessions"].insert_one(session)


async def insert_many(db: Database, sessions: list[Session]) -> None:
    """Stores sessions made in bulk."""
    await db["sessions"].insert_many(sessions, ordered=False)


async def get(db: Database, session: ObjectId) -> Session | None:
    """The session, ended or not."""
    found: Session | None = await db["sessions"].find_one({"_id": session})
    return found


async def rotate(db: Database, session: ObjectId, gen: int, now: datetime, expires: datetime) -> Session | None:
    """Makes refresh token `gen` void and the next one good; None when `gen` is not the good one."""
    found: Session | None = await db["sessions"].find_one_and_update(
        {"_id": session, "gen": gen, "ended": None, "expires": {"$gt": now}},
        {"$inc": {"gen": 1}, "$set": {"lastSeen": now, "expires": expires}},
        return_document=True,
    )
    return found


async def end(db: Database, session: ObjectId, reason: str, now: datetime) -> bool:
    """Ends the session; False when it had ended before."""
    change = {"$set": {"ended": reason, "endedAt": now}}
    done = await db["sessions"].update_one({"_id": session, "ended": None}, change)
    return bool(done.modified_count)


async def ended(db: Database, since: datetime, limit: int, skip: int = 0) -> list[Session]:
    """`{_id, ended}` of the sessions that ended behind that time, the first to end first, without `skip` of them."""
    found = db["sessions"].find({"endedAt": {"$gt": since}}, {"ended": 1}).sort("endedAt", 1)
    listed: list[Session] = await found.skip(skip).limit(limit).to_list(limit)
    return listed


async def of_member(db: Database, member: ObjectId, now: datetime, limit: int) -> list[Session]:
    """The member's open sessions, the last used first."""
    query = {"member": member, "ended": None, "expires": {"$gt": now}}
    found: list[Session] = await db["sessions"].find(query).sort("lastSeen", -1).limit(limit).to_list(limit)
    return found


async def expired(db: Database, sessions: list[ObjectId], now: datetime) -> list[ObjectId]:
    """Those of the sessions whose time is over."""
    found = db["sessions"].find({"_id": {"$in": sessions}, "expires": {"$lte": now}}, {"_id": 1})
    return [session["_id"] for session in await found.to_list(len(sessions))]


async def touch(db: Database, session: ObjectId, now: datetime) -> None:
    """Notes that the session was used, at most once a minute."""
    await db.w1_before_majority("sessions").update_one(
        {"_id": session, "lastSeen": {"$lt": now - timedelta(minutes=1)}}, {"$set": {"lastSeen": now}}
    )


async def greet(db: Database, session: ObjectId, label: str) -> bool:
    """Whether this is the first time that the session is greeted in the room; True once, whoever asks together."""
    done = await db["sessions"].update_one({"_id": session, "greeted": {"$ne": label}}, {"$push": {"greeted": label}})
    return bool(done.modified_count)
