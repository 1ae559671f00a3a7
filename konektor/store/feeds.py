"""Feeds: the walks of members through discovery, page by page, and what of each source a member has decided on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from konektor.ports import Database
from konektor.store.accounts import ProfileDoc
from konektor.store.profiles import PROFILE

DECK_LIFE = timedelta(days=30)
"""After this time what a member has decided on is found out anew."""
ACTIVE_STEP = timedelta(hours=1)
"""How exactly is kept when a member was active last."""

INDEXES = {
    "feeds": [IndexModel([("expires", 1)], expireAfterSeconds=0)],
    "feed_pages": [
        IndexModel([("feed", 1), ("items", 1)]),
        IndexModel([("expires", 1)], expireAfterSeconds=0),
    ],
    "decks": [IndexModel([("since", 1)], expireAfterSeconds=int(DECK_LIFE.total_seconds()))],
}

Scanned = Literal["labels", "find.skills", "find.city", "find.gender", "_id"]
"""What accounts are scanned by, each in the order of the ids; `_id` is all of them."""

HINTS: dict[Scanned, Any] = {
    "labels": [("labels", 1), ("state", 1), ("_id", 1)],
    "find.skills": [("find.skills", 1), ("_id", 1)],
    "find.city": [("find.city", 1), ("_id", 1)],
    "find.gender": [("find.gender", 1), ("_id", 1)],
    "_id": [("_id", 1)],
}
"""The index of each scan: the planner could prefer to walk through all ids for a value that is rare."""


class Find(TypedDict, total=False):
    """What members are found by, folded (flow/folding.py)."""

    skills: list[str]
    city: str
    gender: str


class Candidate(ProfileDoc):
    """An account as discovery looks at it."""

    find: NotRequired[Find]
    active: NotRequired[datetime]
    """When the member was active last, to the hour."""
    again: NotRequired[datetime]
    """When the member became one of those who are found once more, for example by a setting."""


CANDIDATE = {**PROFILE, "find": 1, "active": 1, "again": 1}


class SourceDoc(TypedDict):
    """A source that members come from: a kind (people/feed_sources.py) and the values that it is asked for."""

    kind: str
    values: list[str]


class Feed(TypedDict):
    """A walk, with what must not change on the way."""

    _id: ObjectId
    member: ObjectId
    filters: str
    """A digest of the filters."""
    top: ObjectId
    """The first id that was not there when the walk began."""
    sources: list[SourceDoc]
    mine: Find
    common: list[ObjectId]
    """Members who are friends with a friend of the member."""
    expires: datetime


class Place(TypedDict):
    """Where a walk goes on: with the members in the queue, then in that source, from that position on; without one at
    its beginning.
    """

    source: int
    at: NotRequired[Any]
    queue: NotRequired[list[ObjectId]]
    """Members who were looked at together, and are on no page yet."""


class Page(TypedDict):
    """A page that was made: the members on it, and where the walk goes on; without `next` it is the last one."""

    _id: bytes
    feed: ObjectId
    items: list[ObjectId]
    next: NotRequired[Place]
    expires: datetime


class RunDoc(TypedDict):
    """Ids from `low` to before `high`: the member has decided on all `n` that the source has there."""

    source: str
    low: ObjectId
    high: ObjectId
    n: int


class Deck(TypedDict):
    """What a member has decided on, since when that is known."""

    _id: ObjectId
    since: datetime
    runs: list[RunDoc]


def page_id(feed: ObjectId, number: int) -> bytes:
    """The `_id` of a page."""
    return feed.binary + number.to_bytes(4)


async def insert(db: Database, feed: Feed) -> None:
    """Stores a walk. w:1: if it is lost, its cursors are refused and it is begun again."""
    await db.w1_checked("feeds").insert_one(feed)


async def get(db: Database, feed: ObjectId, now: datetime) -> Feed | None:
    """A walk that has not expired."""
    found: Feed | None = await db["feeds"].find_one({"_id": feed, "expires": {"$gt": now}})
    return found


async def insert_page(db: Database, page: Page) -> bool:
    """Stores a page; False when there is one of that number already. w:1: if it is lost, the cursor behind it is
    refused, and the walk begun again.
    """
    try:
        await db.w1_checked("feed_pages").insert_one(page)
    except DuplicateKeyError:
        return False
    return True


async def pages(db: Database, feed: ObjectId, numbers: list[int]) -> dict[int, Page]:
    """Those of the pages of a walk that were made, by number."""
    found = db["feed_pages"].find({"_id": {"$in": [page_id(feed, number) for number in numbers]}})
    return {int.from_bytes(page["_id"][12:]): page async for page in found}


async def served(db: Database, feed: ObjectId, members: list[ObjectId]) -> set[ObjectId]:
    """Those of the members who are on a page of the walk."""
    found = db["feed_pages"].find({"feed": feed, "items": {"$in": members}}, {"items": 1})
    return {member async for page in found for member in page["items"]}.intersection(members)


async def newest(db: Database) -> ObjectId | None:
    """The highest id of an account."""
    found = await db["accounts"].find({}, {"_id": 1}).sort("_id", -1).limit(1).to_list(1)
    return found[0]["_id"] if found else None


async def scan(
    db: Database, field: Scanned, values: list[str], low: ObjectId, below: ObjectId, limit: int
) -> list[Candidate]:
    """Accounts with one of the values, their ids from `low` to before `below`, the highest first."""
    query: dict[str, Any] = {"_id": {"$gte": low, "$lt": below}}
    if field != "_id":
        query[field] = values[0] if len(values) == 1 else {"$in": values}
    if field == "labels":
        query["state"] = "active"
    cursor = db["accounts"].find(query, CANDIDATE).sort("_id", -1).hint(HINTS[field]).limit(limit)
    found: list[Candidate] = await cursor.to_list(limit)
    return found


async def members(db: Database, ids: Sequence[ObjectId]) -> list[Candidate]:
    """The accounts with those ids that exist, in their order."""
    found = (
        {doc["_id"]: doc async for doc in db["accounts"].find({"_id": {"$in": list(ids)}}, CANDIDATE)} if ids else {}
    )
    return [found[member] for member in ids if member in found]


async def reappeared(
    db: Database, since: datetime, after: tuple[datetime, ObjectId] | None, limit: int
) -> list[Candidate]:
    """Accounts that are found once more since then, the first one first, from the one behind `after` on."""
    query: dict[str, Any] = {"again": {"$gte": since}}
    if after:
        query = {"$or": [{"again": {"$gt": after[0]}}, {"again": after[0], "_id": {"$gt": after[1]}}]}
    cursor = db["accounts"].find(query, CANDIDATE).sort([("again", 1), ("_id", 1)]).limit(limit)
    found: list[Candidate] = await cursor.to_list(limit)
    return found


async def reappear(db: Database, member: ObjectId, now: datetime) -> None:
    """Makes the member come up in feeds whose scans have passed by. Called before they become visible."""
    await db["accounts"].update_one({"_id": member}, {"$set": {"again": now}})


async def set_active(db: Database, member: ObjectId, now: datetime) -> None:
    """Keeps that the member is active. w:1: a lost one is told by the next."""
    await db.w1_checked("accounts").update_one({"_id": member}, {"$set": {"active": now}})


async def deck(db: Database, member: ObjectId, now: datetime) -> Deck | None:
    """What the member has decided on, as far as it is known for less than DECK_LIFE."""
    found: Deck | None = await db["decks"].find_one({"_id": member, "since": {"$gt": now - DECK_LIFE}})
    return found


async def save_deck(db: Database, deck: Deck) -> None:
    """Stores what the member has decided on. w:1: what is lost is found out again."""
    await db.w1_checked("decks").replace_one({"_id": deck["_id"]}, deck, upsert=True)
