"""Intents: changes of a balance that are not yet in the ledger, as wallets store them."""

from datetime import datetime
from typing import NotRequired, TypedDict

from bson import ObjectId

from konektor.store.media import Picture


class SendEffect(TypedDict):
    """A message that is paid for."""

    stream: str
    body: str
    replyTo: NotRequired[str]
    official: NotRequired[bool]
    media: NotRequired[Picture]


class EditEffect(TypedDict):
    """An edit that is paid for."""

    op: ObjectId
    message: ObjectId
    stream: NotRequired[str]
    rev: int
    body: str
    at: datetime


Intent = TypedDict(
    "Intent",
    {
        "op": ObjectId | str,  # identifies the effect permanently
        "try": ObjectId,  # identifies this payment: an op may be paid again, so an intent is ended by its try
        "delta": int,
        "reason": str,
        "at": datetime,
        "after": NotRequired[int],  # the balance after it; set when it is paid
        "digest": NotRequired[bytes],
        "send": NotRequired[SendEffect],
        "edit": NotRequired[EditEffect],
    },
)
"""A change of a balance that is not yet in the ledger, with all that recovery needs to finish it."""
COMMON = frozenset({"op", "try", "delta", "reason", "at", "after", "digest"})
"""The fields that every intent may have; any other field names its effect."""
