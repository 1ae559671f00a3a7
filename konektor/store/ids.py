"""Ids: 12 bytes that people see as 24 hex digits."""

import hashlib

from bson import ObjectId
from bson.errors import InvalidId

Id = ObjectId


def new_id() -> Id:
    """An id that nobody has; later ones sort behind earlier ones of the same second at the latest."""
    return ObjectId()


def parse_id(text: str) -> Id | None:
    """The id that 24 hex digits stand for; None for any other text."""
    try:
        return ObjectId(text)
    except InvalidId:
        return None


def derived_id(*parts: str) -> Id:
    """The one id that belongs to these texts: the first 12 bytes of their SHA-256."""
    return ObjectId(hashlib.sha256("\0".join(parts).encode()).digest()[:12])
