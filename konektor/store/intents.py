"""Intents: changes of a balance that are not in the ledger yet, as wallets keep them."""

from datetime import datetime
from typing import NotRequired, TypedDict

from bson import ObjectId


class SendEffect(TypedDict):
    """A message that is paid for."""

    stream: str
    body: str
    replyTo: NotRequired[str]
    official: NotRequired[bool]


class EditEffect(TypedDict):
    """An edit that is paid for."""

    op: ObjectId
    message: ObjectId
    rev: int
    body: str
    at: datetime


Intent = TypedDict(
    "Intent",
    {
        "op": ObjectId | str,  # names what is brought about, for ever
        "try": ObjectId,  # this one payment for it: what ends an intent names its try, since an op may be paid again
        "delta": int,
        "reason": str,
        "at": datetime,
        "after": NotRequired[int],  # the balance that it left; set when it is paid
        "digest": NotRequired[bytes],
        "send": NotRequired[SendEffect],
        "edit": NotRequired[EditEffect],
    },
)
"""A change of a balance that is not in the ledger yet, with all that is needed to finish it without the member."""
COMMON = frozenset({"op", "try", "delta", "reason", "at", "after", "digest"})
"""The fields that every intent may have; any other one names its effect."""
