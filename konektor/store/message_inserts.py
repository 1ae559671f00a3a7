"""Message inserts: storing messages of many streams in one write."""

from typing import Literal

from bson import ObjectId
from pymongo.errors import BulkWriteError

from konektor.ports import Database
from konektor.store import messages
from konektor.store.database import DUPLICATE
from konektor.store.messages import MessageDoc, to_store

Why = Literal["id", "seq", "untried"]
"""Why a message was not stored: it is stored already, another message has its seq, or one before it was not stored."""


async def append_in_order(db: Database, docs: list[MessageDoc]) -> dict[ObjectId, Why]:
    """Stores messages durably and in order, up to the first that conflicts; returns those that were not stored."""
    failed = await messages.append(db, docs)
    if failed is None:
        return {}
    place, why = failed
    return {docs[place]["_id"]: "id" if why == "id" else "seq", **{doc["_id"]: "untried" for doc in docs[place + 1 :]}}


async def append_each(db: Database, docs: list[MessageDoc]) -> dict[ObjectId, Why]:
    """Stores messages of different streams durably, each that can be; returns those that were not stored."""
    try:
        await db["messages"].insert_many(to_store(docs), ordered=False)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if not failures or any(failure["code"] != DUPLICATE for failure in failures):
            raise
        return {
            docs[failure["index"]]["_id"]: "id" if "_id" in failure["keyPattern"] else "seq" for failure in failures
        }
    return {}
