"""The objects that clients see: every shape that more than one event carries, in one place."""

from datetime import datetime
from typing import Any

import msgspec


class Shape(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A JSON object with camelCase names; a field at its default is left out."""


class Author(Shape, frozen=True, omit_defaults=False):
    """Who said it."""

    id: str
    username: str
    avatar: str | None = None
    badges: list[str] = []
    tick: bool = False


class Reaction(Shape, frozen=True):
    """One emoji under a message, how many chose it, and up to 50 of them."""

    emoji: str
    count: int
    user_ids: list[str]


class Message(Shape, frozen=True):
    """One message; `seq` numbers those of a stream from 1 without gaps. A deleted one keeps its place, empty."""

    id: str
    stream: str
    seq: int
    from_: Author = msgspec.field(name="from")
    body: str
    reactions: list[Reaction]
    created_at: str
    expires_at: str | None = None
    reply_to: str | None = None
    official: bool = False
    edited_at: str | None = None
    deleted: bool = False


class Profile(Shape, frozen=True, omit_defaults=False):
    """What room mates and friends see of a member."""

    id: str
    username: str
    age: int
    relation: str
    avatar: str | None = None
    badges: list[str] = []
    tick: bool = False
    skills: list[str] = []
    online: bool = False


class Room(Shape, frozen=True):
    """One of the member's own three rooms."""

    label: str
    kind: str
    members: int
    online: int
    unread: int


class Ad(Shape, frozen=True):
    """A sponsor's greeting, shown for `seconds`."""

    id: str
    label: str
    image_url: str
    seconds: int
    url: str | None = None


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 1990-05-17T09:30:00.000Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def author(account: dict[str, Any]) -> Author:
    """The Author that an account document describes."""
    return Author(
        id=str(account["_id"]),
        username=account["username"],
        avatar=account.get("avatar"),
        badges=account.get("badges", []),
        tick=account.get("tick", False),
    )


NOBODY = Author(id="0" * 24, username="deleted")
"""The author of a message whose account is gone."""


def reactions(doc: dict[str, Any]) -> list[Reaction]:
    """The reactions of a message document."""
    return [
        Reaction(emoji=item["emoji"], count=len(item["by"]), user_ids=[str(member) for member in item["by"][:50]])
        for item in doc.get("reactions", ())
        if item["by"]
    ]


def message(doc: dict[str, Any], by: Author) -> Message:
    """The Message that a message document describes."""
    expires, edited = doc.get("expires"), doc.get("edited")
    return Message(
        id=str(doc["_id"]),
        stream=doc["stream"],
        seq=doc["seq"],
        from_=by,
        body=doc["body"],
        reactions=reactions(doc),
        created_at=stamp(doc["at"]),
        expires_at=stamp(expires) if expires else None,
        reply_to=doc.get("replyTo"),
        official=doc.get("official", False),
        edited_at=stamp(edited) if edited else None,
        deleted=doc.get("deleted", False),
    )
