"""Streams: the names of conversations, and the kinds of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Self

import msgspec

from konektor import dates

ROOM_LIFE = timedelta(hours=24)
_ID = re.compile(r"[0-9a-f]{24}")


def _is_id(key: str) -> bool:
    return _ID.fullmatch(key) is not None


def _is_label(key: str) -> bool:
    return dates.kind(key) is not None


@dataclass(frozen=True, slots=True)
class Kind:
    """What is common to all streams of a kind: `price` in tokens per code point, how long a message can be read
    (`life`; None: permanently), whether a text may follow the colon in a name (`has_key`), and whether a connection has
    to enter one to hear what is said there (`entered`); otherwise everybody who takes part hears it.
    """

    name: str
    price: int
    life: timedelta | None
    has_key: Callable[[str], bool]
    entered: bool = False


ROOM = Kind("room", price=1, life=ROOM_LIFE, has_key=_is_label, entered=True)
DIRECT = Kind("direct conversation", price=0, life=None, has_key=_is_id)
GROUP = Kind("group", price=0, life=None, has_key=_is_id)
GROUP_PREFIX = "g:"
KINDS = {"r": ROOM, "d": DIRECT, "g": GROUP}
"""By the prefix of a stream's name. A new kind also needs an entry in talk/access.py: who may enter it."""


class Stream:
    """The well-formed name of a conversation. Not a dataclass: payloads would take that as an object."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Stream({self.name!r})"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The Stream of that name; ValueError when no stream can have it."""
        prefix, colon, key = text.partition(":")
        if not colon or prefix not in KINDS or not KINDS[prefix].has_key(key):
            raise ValueError("A stream is r:<label>, d:<id> or g:<id>")
        return cls(text)

    @classmethod
    def room(cls, label: str) -> Self:
        """The stream of the room with that label; ValueError when no room can have it."""
        if not _is_label(label):
            raise ValueError("A room is like 1990-05-17, 05-17, 1990 or 1990-W20")
        return cls(f"r:{label}")

    @property
    def kind(self) -> Kind:
        """The kind of conversation."""
        return KINDS[self.name[0]]

    @property
    def key(self) -> str:
        """What follows the colon: the label of a room, or the id of another conversation."""
        return self.name[2:]

    @property
    def expiring(self) -> bool:
        """Whether its messages expire."""
        return self.kind.life is not None

    @property
    def entered(self) -> bool:
        """Whether a connection has to enter it to hear what is said there."""
        return self.kind.entered

    def __str__(self) -> str:
        return self.name


StreamField = Annotated[
    Stream, msgspec.Meta(examples=["r:1990-05-17"], extra_json_schema={"type": "string", "maxLength": 26})
]
"""A stream in a payload."""
