"""Accounts: members, and people who are joining."""

from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from konektor.ports import Database

INDEXES = {
    "accounts": [
        IndexModel([("email", 1)], unique=True),
        IndexModel([("name", 1)], unique=True),
        IndexModel([("labels", 1), ("state", 1), ("_id", 1)]),
        IndexModel([("week", 1), ("state", 1), ("_id", 1)]),
        IndexModel([("invite", 1), ("createdAt", -1)]),
        IndexModel([("sample", 1), ("_id", 1)], partialFilterExpression={"sample": True}),
        IndexModel([("state", 1), ("createdAt", 1)], partialFilterExpression={"state": "joining"}),
        IndexModel([("find.skills", 1), ("_id", 1)], partialFilterExpression={"find.skills": {"$exists": True}}),
        IndexModel([("find.city", 1), ("_id", 1)], partialFilterExpression={"find.city": {"$exists": True}}),
        IndexModel([("find.gender", 1), ("_id", 1)], partialFilterExpression={"find.gender": {"$exists": True}}),
        IndexModel([("again", 1), ("_id", 1)], partialFilterExpression={"again": {"$exists": True}}),
    ]
}

Role = Literal["member", "mod", "advertiser", "admin"]
State = Literal["joining", "active", "frozen"]
PlanId = Literal["free", "gold", "premium"]


class Card(TypedDict):
    """What every member may see of another member."""

    _id: ObjectId
    username: str
    badges: list[str]
    hiddenBadges: NotRequired[list[str]]
    """Those of the badges that the member does not show."""
    avatar: NotRequired[str | None]
    tick: NotRequired[bool]


class HasSettings(TypedDict):
    """What a member has set; a missing setting has its default (shapes.Settings)."""

    settings: NotRequired[dict[str, Any]]


class ProfileCard(Card, HasSettings):
    """What the pages of an invitation show, the date of birth that the age is computed from, and who may see that."""

    dob: str


class Referral(TypedDict):
    """A member's first days, which bring tokens to whoever invited them and to themselves."""

    by: ObjectId
    """Who invited them."""
    days: list[str]
    """The first days, in UTC, on which they said hello."""
    ended: NotRequired[bool]
    """Whether both have got their tokens."""


class Invited(Card):
    """A member listed by the invitation they joined with."""

    createdAt: datetime
    referral: NotRequired[Referral]


class Visible(HasSettings):
    """What decides who may see a member (people/profiles.py)."""

    _id: ObjectId
    labels: list[str]
    """The three rooms: date, day, year."""
    week: NotRequired[str]
    """The week room; missing in an account of an earlier version until it has been counted there."""
    state: State


class ProfileDoc(ProfileCard, Visible):
    """What a member shows of themselves."""

    firstName: NotRequired[str]
    lastName: NotRequired[str]
    about: NotRequired[str]
    skills: NotRequired[list[str]]
    gender: NotRequired[str]
    city: NotRequired[str]
    status: NotRequired[str]
    birthday: NotRequired[bool]
    """Whether the profile shows the day and month of birth."""
    seen: NotRequired[datetime]
    """When the member was online last; to the minute."""
    invisible: NotRequired[bool]
    """Whether the member appears as offline until they say otherwise."""


class Account(ProfileDoc):
    """An account. One that is `joining` becomes active or is removed within two and a half minutes."""

    email: str
    name: str
    """The username in lower case, which is unique."""
    password: bytes | None
    year: int
    month: int
    day: int
    plan: NotRequired[PlanId]
    active: NotRequired[datetime]
    """When the member was active last, to the hour; never shown."""
    zone: NotRequired[str]
    """The IANA time zone of the device that connected last."""
    weekAdded: NotRequired[bool]
    """Whether the week was added later: the member was not counted in its room while joining."""
    role: Role
    createdAt: datetime
    invite: NotRequired[str]
    sample: NotRequired[bool]
    """Whether it is a sample member of a development server."""
    referral: NotRequired[Referral]


class InWeek(TypedDict):
    """An account that an earlier version made, and its week once that is known."""

    _id: ObjectId
    week: NotRequired[str]


MEMBERS = {"$in": ["active", "frozen"]}
"""The states of those who have joined."""

CARD = {"username": 1, "avatar": 1, "badges": 1, "hiddenBadges": 1, "tick": 1}
PROFILE_CARD = {**CARD, "dob": 1, "settings.age": 1}


async def insert(db: Database, account: Account) -> str:
    """Stores a new account; returns the field that is taken already, `email` or `username`, or an empty string."""
    try:
        await db["accounts"].insert_one(account)
    except DuplicateKeyError as error:
        taken = next(iter((error.details or {}).get("keyPattern", {"email": 1})))
        return "username" if taken == "name" else str(taken)
    return ""


async def insert_many(db: Database, accounts: list[Account]) -> None:
    """Stores accounts made in bulk."""
    await db["accounts"].insert_many(accounts, ordered=False)


async def activate(db: Database, member: ObjectId) -> bool:
    """Turns `joining` into `active`; False when the account was removed meanwhile."""
    done = await db["accounts"].update_one({"_id": member, "state": "joining"}, {"$set": {"state": "active"}})
    return bool(done.matched_count)


async def give_up(db: Database, member: ObjectId) -> bool:
    """Removes an account that is still joining; False when there is none (it became active, or never was)."""
    done = await db["accounts"].delete_one({"_id": member, "state": "joining"})
    return bool(done.deleted_count)


async def get(db: Database, member: ObjectId) -> Account | None:
    """The whole account."""
    account: Account | None = await db["accounts"].find_one({"_id": member})
    return account


async def get_all(db: Database, members: list[ObjectId]) -> dict[ObjectId, Account]:
    """The whole accounts of those members that exist."""
    return {doc["_id"]: doc async for doc in db["accounts"].find({"_id": {"$in": members}})}


async def by_email(db: Database, *spellings: str) -> Account | None:
    """The account stored under the first of the spellings of an address that there is an account of."""
    found: list[Account] = await db["accounts"].find({"email": {"$in": spellings}}).to_list(len(spellings))
    return min(found, key=lambda account: spellings.index(account["email"]), default=None)


async def estimate(db: Database) -> int:
    """How many accounts there are, from a counter that the database keeps; not exact after a crash."""
    return int(await db["accounts"].estimated_document_count())


async def cards(db: Database, members: list[ObjectId]) -> dict[ObjectId, Card]:
    """The cards of those members that exist."""
    return {doc["_id"]: doc async for doc in db["accounts"].find({"_id": {"$in": members}}, CARD)}


def rooms_of(member: Visible) -> list[str]:
    """The labels of the member's rooms: the three, and the week's."""
    return member["labels"] + ([member["week"]] if "week" in member else [])


async def without_week(db: Database) -> ProfileCard | None:
    """A member whose account has no week, because an earlier version made it."""
    found: ProfileCard | None = await db["accounts"].find_one({"week": None, "state": MEMBERS}, PROFILE_CARD)
    return found


async def made_without_week(db: Database, days: list[str]) -> list[InWeek]:
    """The members born on one of the days whose account was made by an earlier version, with a week by now or not."""
    query = {"labels": {"$in": days}, "state": MEMBERS, "$or": [{"week": None}, {"weekAdded": True}]}
    found: list[InWeek] = await db["accounts"].find(query, {"week": 1}).to_list(None)
    return found


async def add_week(db: Database, members: list[ObjectId], week: str) -> None:
    """Adds the week to accounts that have none."""
    change = {"$set": {"week": week, "weekAdded": True}}
    await db["accounts"].update_many({"_id": {"$in": members}, "week": None}, change)


async def invited(db: Database, codes: list[str], limit: int) -> list[Invited]:
    """The members who joined with one of the codes, newest first."""
    query = {"invite": {"$in": codes}, "state": "active"}
    cursor = db["accounts"].find(query, {**CARD, "createdAt": 1, "referral": 1}).sort("createdAt", -1)
    found: list[Invited] = await cursor.limit(limit).to_list(limit)
    return found


async def is_empty(db: Database) -> bool:
    """Whether there is no account at all."""
    return await db["accounts"].find_one({}, {"_id": 1}) is None


async def set_role(db: Database, email: str, role: Role) -> Account | None:
    """Gives the member of that address the role; None when there is no such member."""
    account: Account | None = await db["accounts"].find_one_and_update(
        {"email": email, "state": "active"}, {"$set": {"role": role}}, return_document=True
    )
    return account


async def set_joining_role(db: Database, member: ObjectId, role: Role) -> None:
    """Sets the role that the invitation gives, while the account is joining."""
    if role != "member":
        await db["accounts"].update_one({"_id": member, "state": "joining"}, {"$set": {"role": role}})


async def drop_joining(db: Database, before: datetime) -> None:
    """Removes accounts that began to join before that time and never claimed an invitation."""
    await db["accounts"].delete_many({"state": "joining", "createdAt": {"$lt": before}})
