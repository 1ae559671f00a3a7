"""The objects that clients receive: every shape that more than one event carries, in one place."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from konektor.dates import RoomKind
from konektor.flow.emojis import one_emoji
from konektor.store.accounts import Card, ProfileCard
from konektor.store.ids import Id
from konektor.store.messages import MessageDoc, ReactionDoc

HexId = Annotated[str, Meta(examples=["65f0c0ffee65f0c0ffee65f0"])]
At = Annotated[str, Meta(examples=["2026-05-17T09:30:00.000Z"])]
"""RFC 3339 in UTC with milliseconds."""
StreamName = Annotated[str, Meta(examples=["r:1990-05-17"])]
LabelText = Annotated[str, Meta(examples=["1990-05-17"])]
Username = Annotated[str, Meta(examples=["ada-may"])]
MessageBody = Annotated[str, Meta(examples=["Happy birthday to us!"])]
ImageUrl = Annotated[str, Meta(examples=["/media/65f0c0ffee65f0c0ffee65f3"])]
Badge = Annotated[str, Meta(examples=["MENSA"])]
Next = Annotated[str, Meta(examples=["WyJsZWRnZXIiLDQyXQ"])]
"""The cursor of the following page."""


class Shape(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A JSON object with camelCase names; a field at its default is left out."""


class Done(Shape, frozen=True):
    """No data."""


class Author(Shape, frozen=True, omit_defaults=False):
    """The member who wrote a message."""

    id: HexId
    username: Username
    avatar: ImageUrl | None = None
    badges: list[Badge] = []
    tick: bool = False

    @classmethod
    def of(cls, account: Card) -> "Author":
        """The Author of an account."""
        return Author(
            id=str(account["_id"]),
            username=account["username"],
            avatar=account.get("avatar"),
            badges=account.get("badges", []),
            tick=account.get("tick", False),
        )


DELETED_AUTHOR = Author(id="0" * 24, username="deleted")
"""The author of messages whose account was deleted."""


Theme = Literal["system", "light", "dark"]


class Settings(Shape, frozen=True, omit_defaults=False):
    """What a member has set: whether others see their receipts, typing, presence and age, and find them; whether they
    get mail; and how their pages look. `receipts`, `discoverable` and `mail` are kept for features to come.
    """

    receipts: bool = True
    typing: bool = True
    online: bool = True
    age: bool = True
    discoverable: bool = True
    mail: bool = True
    lang: Annotated[str, Meta(examples=["en-GB"])] = ""
    theme: Theme = "system"

    @classmethod
    def of(cls, account: ProfileCard) -> "Settings":
        """The settings of an account, without those that only a newer version knows."""
        stored = account.get("settings", {})
        return Settings(**{name: stored[name] for name in Settings.__struct_fields__ if name in stored})


class Reaction(Shape, frozen=True):
    """One emoji under a message, how many members chose it, and the ids of up to 50 of them."""

    emoji: Annotated[str, Meta(examples=["\U0001f382"])]
    count: int
    user_ids: list[HexId]

    @classmethod
    def all_of(cls, reactions: Sequence[ReactionDoc]) -> list[Self]:
        """The reactions of a message document; those with one emoji in two older spellings are one."""
        chosen: dict[str, dict[Id, None]] = {}
        for item in reactions:
            chosen.setdefault(one_emoji(item["emoji"]) or item["emoji"], {}).update(dict.fromkeys(item["by"]))
        return [
            cls(emoji=emoji, count=len(by), user_ids=[str(member) for member in islice(by, 50)])
            for emoji, by in chosen.items()
            if by
        ]


class Message(Shape, frozen=True):
    """One message; `seq` numbers those of a stream from 1 without gaps. A deleted one keeps its place, empty."""

    id: HexId
    stream: StreamName
    seq: int
    from_: Author = msgspec.field(name="from")
    body: MessageBody
    reactions: list[Reaction]
    created_at: At
    expires_at: At | None = None
    reply_to: HexId | None = None
    official: bool = False
    edited_at: At | None = None
    deleted: bool = False

    @classmethod
    def of(cls, doc: MessageDoc, author: Author) -> "Message":
        """The Message of a document."""
        expires, edited = doc.get("expires"), doc.get("edited")
        return Message(
            id=str(doc["_id"]),
            stream=doc["stream"],
            seq=doc["seq"],
            from_=author,
            body=doc["body"],
            reactions=Reaction.all_of(doc.get("reactions", [])),
            created_at=stamp(doc["at"]),
            expires_at=stamp(expires) if expires else None,
            reply_to=doc.get("replyTo"),
            official=doc.get("official", False),
            edited_at=stamp(edited) if edited else None,
            deleted=doc.get("deleted", False),
        )


class Profile(Shape, frozen=True, omit_defaults=False):
    """What members of the same room see of a member; `age` is null for one who hides it."""

    id: HexId
    username: Username
    age: Annotated[int, Meta(examples=[36])] | None
    relation: Literal["self", "none"]
    avatar: ImageUrl | None = None
    badges: list[Badge] = []
    tick: bool = False
    skills: list[Annotated[str, Meta(examples=["piano"])]] = []
    online: bool = False


class Room(Shape, frozen=True):
    """One of the member's own three rooms; `online` includes you, `unread` counts only others' messages."""

    label: LabelText
    kind: RoomKind
    members: int
    online: int
    unread: int


class Ad(Shape, frozen=True):
    """A sponsor's greeting, shown for `seconds`."""

    id: HexId
    label: Annotated[str, Meta(examples=["Anniversary Bakery: a cake for everybody who shares your day"])]
    image_url: ImageUrl
    seconds: int
    url: Annotated[str, Meta(examples=["https://example.com/"])] | None = None


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 1990-05-17T09:30:00.000Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
