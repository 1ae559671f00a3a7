"""Alerts for the operators: what is to be sent to them, each once."""

from datetime import datetime
from typing import Literal, TypedDict

from bson import ObjectId
from pymongo import IndexModel

from konektor.ports import Database
from konektor.store.database import insert_new

INDEXES = {"alerts": [IndexModel([("at", 1)], expireAfterSeconds=30 * 24 * 3_600)]}


class Alert(TypedDict):
    """Something that the operators want to know of; `_id` says what, so that it is there once."""

    _id: str
    kind: Literal["connection"]
    members: list[ObjectId]
    at: datetime


async def add(db: Database, alerts: list[Alert]) -> None:
    """Adds alerts; those that are there already stay."""
    await insert_new(db["alerts"], alerts)
