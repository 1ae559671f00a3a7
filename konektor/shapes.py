"""The objects that clients receive: every shape that more than one event carries, in one place."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from konektor.dates import RoomKind
from konektor.flow.emojis import one_emoji
from konektor.store.accounts import Card, HasSettings
from konektor.store.ids import Id
from konektor.store.media import Picture
from konektor.store.messages import MessageDoc, ReactionDoc

PICTURES = "/media/"
"""What the URL of every uploaded picture begins with."""

HexId = Annotated[str, Meta(examples=["65f0c0ffee65f0c0ffee65f0"])]
At = Annotated[str, Meta(examples=["2026-05-17T09:30:00.000Z"])]
"""RFC 3339 in UTC with milliseconds."""
StreamName = Annotated[str, Meta(examples=["r:1990-05-17"])]
LabelText = Annotated[str, Meta(examples=["1990-05-17"])]
Username = Annotated[str, Meta(examples=["ada-may"])]
MessageBody = Annotated[str, Meta(examples=["Happy birthday to us!"])]
ImageUrl = Annotated[str, Meta(examples=["/media/65f0c0ffee65f0c0ffee65f3"])]
Badge = Annotated[str, Meta(examples=["MENSA"])]
Note = Annotated[str, Meta(examples=["We share a birthday!"])]
Skill = Annotated[str, Meta(examples=["piano"])]
FirstName = Annotated[str, Meta(examples=["Ada"])]
LastName = Annotated[str, Meta(examples=["May"])]
About = Annotated[str, Meta(examples=["I build bridges, and I play the piano badly."])]
Gender = Annotated[str, Meta(examples=["woman"])]
City = Annotated[str, Meta(examples=["Lyon"])]
Status = Annotated[str, Meta(examples=["Counting the days"])]
Birthday = Annotated[str, Meta(examples=["05-17"])]
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
            badges=[badge for badge in account.get("badges", []) if badge not in account.get("hiddenBadges", ())],
            tick=account.get("tick", False),
        )


DELETED_AUTHOR = Author(id="0" * 24, username="deleted")
"""The author of messages whose account was deleted."""


Theme = Literal["system", "light", "dark"]
ClockTime = Annotated[str, Meta(examples=["22:00"])]


class Settings(Shape, frozen=True, omit_defaults=False):
    """What a member has set: whether others see their receipts, typing, presence and age, and find them; whether they
    get mail; and how their pages look. `mail` is kept for a feature to come.
    """

    receipts: bool = True
    typing: bool = True
    online: bool = True
    age: bool = True
    discoverable: bool = True
    mail: bool = True
    lang: Annotated[str, Meta(examples=["en-GB"])] = ""
    theme: Theme = "system"
    push_text: bool = False
    quiet_from: ClockTime | None = None
    quiet_until: ClockTime | None = None

    @classmethod
    def of(cls, account: HasSettings) -> "Settings":
        """The settings of an account, without those that only a newer version knows."""
        stored = account.get("settings", {})
        names = zip(Settings.__struct_fields__, Settings.__struct_encode_fields__, strict=True)
        return Settings(**{name: stored[kept] for name, kept in names if kept in stored})


MAX_NAMED = 50
"""Members that a reaction names."""
MAX_LISTED = 500
"""Members that it names in what instances send each other: those behind are counted, also where they are hidden."""


class Reaction(Shape, frozen=True):
    """One emoji under a message, how many members chose it, and the ids of up to 50 of them."""

    emoji: Annotated[str, Meta(examples=["\U0001f382"])]
    count: int
    user_ids: list[HexId]

    @classmethod
    def all_of(
        cls, reactions: Sequence[ReactionDoc], hidden: Collection[Id] = (), *, most: int | None = MAX_NAMED
    ) -> list[Self]:
        """The reactions of a message document, without those of the members `hidden`, with at most `most` ids each.

        Those with one emoji in two older spellings are one.
        """
        chosen: dict[str, dict[Id, None]] = {}
        for item in reactions:
            by = [member for member in item["by"] if member not in hidden] if hidden else item["by"]
            chosen.setdefault(one_emoji(item["emoji"]) or item["emoji"], {}).update(dict.fromkeys(by))
        return [
            cls(emoji=emoji, count=len(by), user_ids=[str(member) for member in islice(by, most)])
            for emoji, by in chosen.items()
            if by
        ]


class Media(Shape, frozen=True):
    """The picture of a message: its URL, its size there in pixels, and the URL of a square of 96 pixels."""

    id: HexId
    url: ImageUrl
    width: Annotated[int, Meta(examples=[1280])]
    height: Annotated[int, Meta(examples=[960])]
    thumb_url: Annotated[str, Meta(examples=["/media/65f0c0ffee65f0c0ffee65f3/thumb"])]

    @classmethod
    def of(cls, picture: Picture) -> "Media":
        """The Media of a stored picture."""
        url = f"{PICTURES}{picture['_id']}"
        return Media(str(picture["_id"]), url, picture["width"], picture["height"], f"{url}/thumb")


class AnyMessage(Shape, frozen=True):
    """An item of a list of messages: a Message, or a HiddenMessage in its place."""

    stream: StreamName
    seq: int
    created_at: At


class HiddenMessage(AnyMessage, frozen=True, omit_defaults=False):
    """The place of a message by somebody whom you block, or who blocks you."""

    hidden: bool = True


class Message(AnyMessage, frozen=True, kw_only=True):
    """One message; `seq` numbers those of a stream from 1 without gaps. A deleted one keeps its place, empty."""

    id: HexId
    from_: Author = msgspec.field(name="from")
    body: MessageBody
    reactions: list[Reaction]
    media: Media | None = None
    expires_at: At | None = None
    reply_to: HexId | None = None
    official: bool = False
    edited_at: At | None = None
    deleted: bool = False

    @classmethod
    def of(
        cls, doc: MessageDoc, author: Author, hidden: Collection[Id] = (), *, most: int | None = MAX_NAMED
    ) -> "Message":
        """The Message of a document; `hidden` and `most` are those of its reactions."""
        expires, edited = doc.get("expires"), doc.get("edited")
        return Message(
            id=str(doc["_id"]),
            stream=doc["stream"],
            seq=doc["seq"],
            from_=author,
            body=doc["body"],
            reactions=Reaction.all_of(doc.get("reactions", []), hidden, most=most),
            media=Media.of(doc["media"]) if "media" in doc else None,
            created_at=stamp(doc["at"]),
            expires_at=stamp(expires) if expires else None,
            reply_to=doc.get("replyTo"),
            official=doc.get("official", False),
            edited_at=stamp(edited) if edited else None,
            deleted=doc.get("deleted", False),
        )


Relation = Literal["self", "friend", "pending", "requested", "none"]
"""What a member is to the one who looks: `pending` has asked them, `requested` was asked by them."""


class Profile(Shape, frozen=True, omit_defaults=False):
    """What the caller may see of a member. `age` is null for one who hides it; `lastName`, `lastSeen` are for friends,
    `status` for friends and members of the same room; `birthday` is there for one who shows it.
    """

    id: HexId
    username: Username
    age: Annotated[int, Meta(examples=[36])] | None
    relation: Relation
    avatar: ImageUrl | None = None
    badges: list[Badge] = []
    tick: bool = False
    skills: list[Skill] = []
    online: bool = False
    first_name: FirstName | UnsetType = UNSET
    last_name: LastName | UnsetType = UNSET
    about: About | UnsetType = UNSET
    gender: Gender | UnsetType = UNSET
    city: City | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    birthday: Birthday | UnsetType = UNSET
    last_seen: At | UnsetType = UNSET


class Room(Shape, frozen=True):
    """One of the member's own three rooms; `online` includes you, `unread` counts only others' messages."""

    label: LabelText
    kind: RoomKind
    members: int
    online: int
    unread: int


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 1990-05-17T09:30:00.000Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
