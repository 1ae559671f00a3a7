"""Streams: which conversations there are, what decides over each, and who may enter."""

from dataclasses import dataclass
from datetime import timedelta

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import dates
from konektor.store import audit, streams
from konektor.store.ids import parse_id


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides over a stream: tokens for each code point, and how long words may be read (None: for good)."""

    price: int
    life: timedelta | None


ROOM_LIFE = timedelta(hours=24)
KINDS = {"r": Kind(price=1, life=ROOM_LIFE), "d": Kind(price=0, life=None)}
"""By the first letter of the stream's name: birth rooms and direct conversations."""


def kind_of(stream: str) -> Kind:
    """The kind of a stream, by its name. BAD_REQUEST for a name that no stream has."""
    letter, _, rest = stream.partition(":")
    if letter not in KINDS or not (dates.kind(rest) if letter == "r" else parse_id(rest)):
        raise Refused("BAD_REQUEST", "A stream is r:<label> or d:<id>.", field="stream")
    return KINDS[letter]


async def admit(core: Core, caller: Caller, stream: str) -> Kind:
    """The kind of a stream that the caller may be in; FORBIDDEN for any other.

    A room is open to those born to it and to moderators, a direct conversation to its two members.
    """
    kind = kind_of(stream)
    if stream[0] == "r":
        if stream[2:] in caller.labels or caller.moderator:
            return kind
    else:
        found = (await streams.get(core.db, [stream])).get(stream)
        if found and caller.member in found.get("users", ()):
            return kind
    raise Refused("FORBIDDEN", "This conversation is not yours to enter.")


async def require_read_access(core: Core, caller: Caller, stream: str, action: str) -> None:
    """Admits a caller who reads; a moderator's look into a room of others is written down before it happens."""
    await admit(core, caller, stream)
    if stream[0] == "r" and stream[2:] not in caller.labels:
        await audit.append(core.db, caller.member, action, core.now(), {"room": stream[2:]})


def room_of(label: str) -> str:
    """The stream of a room. BAD_REQUEST for a label that no room has."""
    if dates.kind(label) is None:
        raise Refused("BAD_REQUEST", "A room is a date like 1990-05-17, a day like 05-17 or a year.", field="label")
    return f"r:{label}"
