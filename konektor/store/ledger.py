"""The ledger: every settled change of a balance, once."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database
from konektor.store.database import insert_new
from konektor.store.intents import Intent

INDEXES = {"ledger": [IndexModel([("member", 1), ("at", -1), ("_id", -1)])]}


class LedgerRow(TypedDict):
    """One settled change of a balance."""

    _id: str
    member: ObjectId
    delta: int
    reason: str
    at: datetime
    balance: int
    stream: NotRequired[str]
    """Where the message is that was paid for."""


def row_id(intent: Intent) -> str:
    """The id of the intent's ledger row: the `op` of a grant, which happens once; the `try` of a payment."""
    return str(intent["op"] if intent["delta"] > 0 else intent["try"])


def of_intent(member: ObjectId, intent: Intent) -> LedgerRow:
    """The ledger row of a paid intent."""
    row: LedgerRow = {
        "_id": row_id(intent),
        "member": member,
        "delta": intent["delta"],
        "reason": intent["reason"],
        "at": intent["at"],
        "balance": intent["after"],
    }
    if stream := intent.get("send", {}).get("stream") or intent.get("edit", {}).get("stream"):
        row["stream"] = stream
    return row


async def insert(db: Database, rows: list[LedgerRow], *, durable: bool) -> None:
    """Stores rows; those that exist stay as they are."""
    if not rows:
        return
    await insert_new(db["ledger"] if durable else db.w1_before_majority("ledger"), rows)


async def is_granted(db: Database, op: str) -> bool:
    """Whether the ledger has the grant with this op."""
    return await db["ledger"].find_one({"_id": op}, {"_id": 1}) is not None


async def unsettled(db: Database, intents: list[tuple[ObjectId, Intent]]) -> list[tuple[ObjectId, Intent]]:
    """The intents that have no ledger row yet."""
    rows = [row_id(intent) for _, intent in intents]
    written = {found["_id"] for found in await db["ledger"].find({"_id": {"$in": rows}}, {}).to_list(len(rows))}
    return [item for item in intents if row_id(item[1]) not in written]


async def entries(db: Database, member: ObjectId, before: tuple[datetime, str] | None, limit: int) -> list[LedgerRow]:
    """Ledger rows of the member, newest first, starting after the position `before`."""
    query: dict[str, Any] = {"member": member}
    if before:
        at, row = before
        query["$or"] = [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": row}}]
        query["at"] = {"$lte": at}
    rows: list[LedgerRow] = await db["ledger"].find(query).sort([("at", -1), ("_id", -1)]).limit(limit).to_list(limit)
    return rows
