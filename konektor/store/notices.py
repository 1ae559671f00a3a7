"""Notices for the operators: what is to be sent to them, each once."""

from datetime import datetime
from typing import Literal, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database
from konektor.store.database import insert_new

INDEXES = {"notices": [IndexModel([("at", 1)], expireAfterSeconds=30 * 24 * 3_600)]}


class Notice(TypedDict):
    """Something that the operators want to know of; `_id` says what, so that it is there once."""

    _id: str
    kind: Literal["connection"]
    members: list[ObjectId]
    at: datetime


async def add(db: Database, notices: list[Notice]) -> None:
    """Adds notices; those that are there already stay."""
    await insert_new(db["notices"], notices)
