"""Ids: 12 bytes, written as 24 hex digits."""

import hashlib

from bson import ObjectId
from bson.errors import InvalidId

Id = ObjectId


def new_id() -> Id:
    """A new unique id; ids sort by creation time to the second."""
    return ObjectId()


def parse_id(text: str) -> Id | None:
    """The id written as 24 hex digits; None for any other text."""
    try:
        return ObjectId(text)
    except InvalidId:
        return None


def derived_id(*parts: str) -> Id:
    """The id determined by these texts: the first 12 bytes of their SHA-256."""
    return ObjectId(hashlib.sha256("\0".join(parts).encode()).digest()[:12])
