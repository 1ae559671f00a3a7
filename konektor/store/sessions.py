"""Login sessions: one for each browser or client that is logged in."""

from datetime import datetime, timedelta
from typing import Literal, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database

INDEXES = {
    "sessions": [
        IndexModel([("member", 1), ("lastSeen", -1)]),
        IndexModel([("expires", 1)], expireAfterSeconds=7 * 86_400),
    ]
}
KEPT_ROTATIONS = 4
TOUCHED = timedelta(minutes=1)
OBSOLETE_INDEXES = {"sessions": ["endedAt_1"]}

SessionKind = Literal["browser", "client"]
EndReason = Literal["logout", "revoked", "frozen", "expired", "reuse", "deleted"]


class Rotation(TypedDict):
    """The use of a refresh token."""

    gen: int
    at: datetime


class Session(TypedDict):
    """A login session."""

    _id: ObjectId
    member: ObjectId
    kind: SessionKind
    device: str
    createdAt: datetime
    lastSeen: datetime
    expires: datetime
    gen: int
    """How many refresh tokens have been issued; only the last is valid."""
    rotations: NotRequired[list[Rotation]]
    """The last uses of refresh tokens, by which a repeat is told from a reuse."""
    greeted: list[str]
    """The labels of the rooms whose ad has been shown."""
    ended: NotRequired[EndReason]
    endedAt: NotRequired[datetime]


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


async def get_all(db: Database, sessions: list[ObjectId]) -> dict[ObjectId, Session]:
    """Those of the sessions that exist, ended or not."""
    return {doc["_id"]: doc async for doc in db["sessions"].find({"_id": {"$in": sessions}})}


async def rotate(db: Database, session: ObjectId, gen: int, now: datetime, expires: datetime) -> Session | None:
    """Voids refresh token number `gen` and issues the next one; None when `gen` is not the valid one."""
    found: Session | None = await db["sessions"].find_one_and_update(
        {"_id": session, "gen": gen, "ended": None, "expires": {"$gt": now}},
        {
            "$inc": {"gen": 1},
            "$set": {"lastSeen": now, "expires": expires},
            "$push": {"rotations": {"$each": [{"gen": gen, "at": now}], "$slice": -KEPT_ROTATIONS}},
        },
        return_document=True,
    )
    return found


async def rotated_at(db: Database, session: ObjectId, gen: int) -> datetime | None:
    """When refresh token number `gen` of an open session was used; None for never or long ago."""
    found: Session | None = await db["sessions"].find_one({"_id": session, "ended": None})
    uses = found.get("rotations", []) if found else []
    return next((use["at"] for use in uses if use["gen"] == gen), None)


async def end(db: Database, session: ObjectId, reason: EndReason, now: datetime) -> Session | None:
    """Ends the session and returns it; None when it had ended before."""
    ended: Session | None = await db["sessions"].find_one_and_update(
        {"_id": session, "ended": None}, {"$set": {"ended": reason, "endedAt": now}}, return_document=True
    )
    return ended


async def of_member(db: Database, member: ObjectId, now: datetime, limit: int) -> list[Session]:
    """The member's open sessions, the last used first."""
    query = {"member": member, "ended": None, "expires": {"$gt": now}}
    found: list[Session] = await db["sessions"].find(query).sort("lastSeen", -1).limit(limit).to_list(limit)
    return found


async def devices(db: Database, member: ObjectId, limit: int) -> list[str]:
    """The devices of the member's last sessions, ended or not."""
    found = db["sessions"].find({"member": member}, {"_id": 0, "device": 1}).sort("lastSeen", -1).limit(limit)
    return [session["device"] async for session in found]


async def logged_in(db: Database, members: list[ObjectId], now: datetime) -> set[ObjectId]:
    """Those of the members who have an open session."""
    query = {"member": {"$in": members}, "ended": None, "expires": {"$gt": now}}
    return {doc["member"] async for doc in db["sessions"].find(query, {"member": 1})}


async def over(db: Database, sessions: list[ObjectId], now: datetime) -> list[Session]:
    """The sessions that have expired or ended."""
    query = {"_id": {"$in": sessions}, "$or": [{"expires": {"$lte": now}}, {"ended": {"$ne": None}}]}
    found: list[Session] = await db["sessions"].find(query).to_list(len(sessions))
    return found


async def touch(db: Database, sessions: list[ObjectId], now: datetime) -> None:
    """Records that the sessions are in use, each at most once in TOUCHED."""
    await db.w1_before_majority("sessions").update_many(
        {"_id": {"$in": sessions}, "lastSeen": {"$lt": now - TOUCHED}}, {"$set": {"lastSeen": now}}
    )


async def greet(db: Database, session: ObjectId, label: str) -> bool:
    """Records that the session saw the ad of a room; True for the first call only."""
    done = await db["sessions"].update_one({"_id": session, "greeted": {"$ne": label}}, {"$push": {"greeted": label}})
    return bool(done.modified_count)
