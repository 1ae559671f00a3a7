"""Wallets: the balance and the intents in progress of each member."""

from datetime import datetime
from typing import Any, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database
from konektor.store import ledger
from konektor.store.intents import Intent

INDEXES = {
    "wallets": [IndexModel([("pend.at", 1)])],
}

OPEN = {"balance": 1, "pend": 1}
RECENT_GRANTS = 256
"""Ops of grants that a wallet keeps; the ledger has all of them."""


class OpenWallet(TypedDict):
    """The balance and the intents in progress of a member."""

    _id: ObjectId
    balance: int
    pend: list[Intent]


class Wallet(OpenWallet):
    """A wallet; `causes` are the ops of its last grants."""

    causes: list[str]


async def create(db: Database, member: ObjectId) -> None:
    """Creates an empty wallet; one that exists stays as it is."""
    await db.w1_before_majority("wallets").update_one(
        {"_id": member}, {"$setOnInsert": {"balance": 0, "pend": [], "causes": []}}, upsert=True
    )


async def insert_many(db: Database, members: list[ObjectId], balance: int, now: datetime) -> None:
    """Creates wallets in bulk, each with one grant in the ledger."""
    await db["ledger"].insert_many(
        [
            {
                "_id": f"grant:load:{member}",
                "member": member,
                "delta": balance,
                "reason": "grant",
                "at": now,
                "balance": balance,
            }
            for member in members
        ],
        ordered=False,
    )
    await db["wallets"].insert_many(
        [{"_id": member, "balance": balance, "pend": [], "causes": []} for member in members], ordered=False
    )


def _reserve(intents: list[tuple[ObjectId, Intent]]) -> list[dict[str, Any]]:
    """The update that tries each of a wallet's own intents in turn: it applies the delta and stores the intent, both or
    neither, unless the op is in progress, or is one of the last grants, or the balance would become negative.

    `$literal` keeps a text that begins with a dollar sign from being evaluated as an expression.
    """
    tried = [{"member": member, "need": max(0, -intent["delta"]), "intent": intent} for member, intent in intents]
    own = {"$filter": {"input": {"$literal": tried}, "cond": {"$eq": ["$$this.member", "$_id"]}}}
    op, after = "$$this.intent.op", {"$add": ["$$value.balance", "$$this.intent.delta"]}
    granted = {"$gt": ["$$this.intent.delta", 0]}
    done = {"$or": [{"$in": [op, "$$value.pend.op"]}, {"$and": [granted, {"$in": [op, "$$value.causes"]}]}]}
    grants = {"$slice": [{"$concatArrays": ["$$value.causes", [op]]}, -RECENT_GRANTS]}
    stored_intent = {"$mergeObjects": ["$$this.intent", {"after": after}]}
    paid = {
        "balance": after,
        "pend": {"$concatArrays": ["$$value.pend", [stored_intent]]},
        "causes": {"$cond": [granted, grants, "$$value.causes"]},
    }
    refused = {"$or": [{"$lt": ["$$value.balance", "$$this.need"]}, done]}
    step = {"$cond": [refused, "$$value", paid]}
    start = {"balance": "$balance", "pend": "$pend", "causes": "$causes"}
    return [
        {"$replaceWith": {"$mergeObjects": ["$$ROOT", {"$reduce": {"input": own, "initialValue": start, "in": step}}]}}
    ]


async def reserve(
    db: Database, intents: list[tuple[ObjectId, Intent]], *, checked: bool = False
) -> dict[ObjectId, OpenWallet]:
    """Tries every (member, intent); returns the wallets afterwards: an intent in a wallet's `pend` has been paid.

    A member without a wallet is missing. All are in one update, which the database plans once instead of once for
    each. It is durable, unless `checked`: then it is w:1 and the caller compares `db.connection_epoch`.
    """
    if not intents:
        return {}
    members = list({member for member, _ in intents})
    collection = db.w1_checked("wallets") if checked else db["wallets"]
    if len(members) == 1:
        found = [
            await collection.find_one_and_update(
                {"_id": members[0]}, _reserve(intents), projection=OPEN, return_document=True
            )
        ]
    else:
        await collection.update_many({"_id": {"$in": members}}, _reserve(intents))
        found = await db["wallets"].find({"_id": {"$in": members}}, OPEN).to_list(len(members))
    return {wallet["_id"]: wallet for wallet in found if wallet}


def _debit(intents: list[tuple[ObjectId, Intent]]) -> list[dict[str, Any]]:
    """The update that pays a wallet's own intent if that leaves the expected balance, and the op is not in progress."""
    members, bodies = [member for member, _ in intents], [intent for _, intent in intents]
    # The database looks up an index in a constant list by hash.
    place = {"$indexOfArray": [{"$literal": members}, "$_id"]}
    own = {"$arrayElemAt": [{"$literal": bodies}, place]}
    as_expected = {"$eq": ["$$own.after", {"$add": ["$balance", "$$own.delta"]}]}
    fresh = {"$not": {"$in": ["$$own.op", "$pend.op"]}}
    paid = {"balance": "$$own.after", "pend": {"$concatArrays": ["$pend", ["$$own"]]}}
    changed = {"$cond": [{"$and": [as_expected, fresh]}, {"$mergeObjects": ["$$ROOT", paid]}, "$$ROOT"]}
    return [{"$replaceWith": {"$let": {"vars": {"own": own}, "in": changed}}}]


async def debit(db: Database, intents: list[tuple[ObjectId, Intent]]) -> bool:
    """Pays intents in different wallets, each with the balance `after` that it is expected to leave.

    True when all are paid. Otherwise some of them may be: `reserve` shows which, and pays the rest. The caller
    compares `db.connection_epoch`.
    """
    members = [member for member, _ in intents]
    done = await db.w1_checked("wallets").update_many({"_id": {"$in": members}}, _debit(intents))
    return bool(done.modified_count == len(members))


async def settle(db: Database, intents: list[tuple[ObjectId, Intent]], *, durable: bool = False) -> int:
    """Writes the ledger rows of paid intents, then removes the intents from the wallets. May be repeated.

    Returns from how many wallets it removed any.

    A settlement that a crash undoes is repeated from the intents, so only a `durable` one waits for the disk.
    """
    rows = [ledger.of_intent(member, intent) for member, intent in intents if intent["delta"]]
    await ledger.insert(db, rows, durable=durable)
    return await _forget(db, intents)


async def _forget(db: Database, intents: list[tuple[ObjectId, Intent]]) -> int:
    """Removes intents from their wallets; returns how many wallets that changes."""
    members, tries = {member for member, _ in intents}, [intent["try"] for _, intent in intents]
    done = await db.w1_before_majority("wallets").update_many(
        {"_id": {"$in": list(members)}}, {"$pull": {"pend": {"try": {"$in": tries}}}}
    )
    return int(done.modified_count)


async def give_back(db: Database, member: ObjectId, intent: Intent) -> bool:
    """Refunds an intent whose effect can never be applied; False if it was ended before."""
    done = await db["wallets"].update_one(
        {"_id": member, "pend.try": intent["try"]},
        {"$inc": {"balance": -intent["delta"]}, "$pull": {"pend": {"try": intent["try"]}}},
    )
    return bool(done.modified_count)


async def balances(db: Database, members: list[ObjectId]) -> dict[ObjectId, int]:
    """The balances of those members that have a wallet."""
    found = db["wallets"].find({"_id": {"$in": members}}, {"balance": 1})
    return {wallet["_id"]: int(wallet["balance"]) for wallet in await found.to_list(len(members))}


async def stale(db: Database, before: datetime, limit: int, *, skip: int = 0) -> list[tuple[ObjectId, Intent]]:
    """(member, intent) of intents older than that time in `limit` wallets, oldest first, after `skip` wallets."""
    found = db["wallets"].find({"pend.at": {"$lt": before}}, {"pend": 1}).sort("pend.at", 1).skip(skip).limit(limit)
    return [(wallet["_id"], i) async for wallet in found for i in wallet["pend"] if i["at"] < before]


async def find(db: Database, member: ObjectId) -> OpenWallet | None:
    """The balance and the intents in progress."""
    wallet: OpenWallet | None = await db["wallets"].find_one({"_id": member}, OPEN)
    return wallet
