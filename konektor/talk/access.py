"""Access: who may enter which stream, and who takes part in it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.people import pairing
from konektor.store import audit, conversations, pairs
from konektor.store.messages import MessageDoc
from konektor.streams import DIRECT, GROUP, ROOM, Kind, Stream

ONLY_FRIENDS = "You can only write to your friends."


@dataclass(frozen=True, slots=True)
class Access:
    """A stream that the caller may enter.

    `to` are the ids of those who take part, of a stream that nobody has to enter; the caller sees the messages after
    the seq `since`; `closed` says why nobody can write there.
    """

    to: tuple[str, ...] = ()
    since: int = 0
    closed: str = ""


async def _room(core: Core, caller: Caller, stream: Stream) -> Access | None:
    """A room is open to the members whose birth date it matches, and to moderators."""
    welcome = stream.key in caller.labels or caller.moderator or stream.key in caller.rooms
    return Access() if welcome else None


async def _direct(core: Core, caller: Caller, stream: Stream) -> Access | None:
    """A direct conversation is open to the two who have become friends; to read also when they are none any more."""
    pair = await pairs.by_stream(core.db, stream.name)
    if pair is None or caller.member not in pairs.members(pair):
        return None
    return Access(tuple(map(str, pairs.members(pair))), closed="" if pairing.are_friends(pair) else ONLY_FRIENDS)


async def _group(core: Core, caller: Caller, stream: Stream) -> Access | None:
    """A group is open to its members, from where they were added on."""
    group = (await conversations.get(core.db, [stream.name])).get(stream.name)
    if group is None or caller.member not in group["users"]:
        return None
    return Access(tuple(map(str, group["users"])), group.get("since", {}).get(str(caller.member), 0))


ACCESS: Mapping[Kind, Callable[[Core, Caller, Stream], Awaitable[Access | None]]] = {
    ROOM: _room,
    DIRECT: _direct,
    GROUP: _group,
}
"""Who may enter, by the kind of stream."""


async def access(core: Core, caller: Caller, stream: Stream) -> Access | None:
    """The caller's access to a stream; None for one that they may not enter."""
    return await ACCESS[stream.kind](core, caller, stream)


async def may_read(core: Core, caller: Caller, doc: MessageDoc) -> bool:
    """Whether the caller may enter the stream of a message, and sees it there."""
    found = await access(core, caller, Stream(doc["stream"]))
    return found is not None and doc["seq"] > found.since


def no_access() -> Refused:
    """The refusal of a stream that the caller may not enter."""
    return Refused("FORBIDDEN", "You have no access to this conversation.")


def closed(why: str) -> Refused:
    """The refusal to write in a conversation that is closed."""
    return Refused("FORBIDDEN", why)


async def require_access(core: Core, caller: Caller, stream: Stream) -> Access:
    """The caller's access. FORBIDDEN for a stream that they may not enter."""
    found = await access(core, caller, stream)
    if found is None:
        raise no_access()
    return found


async def require_write_access(core: Core, caller: Caller, stream: Stream) -> Access:
    """The same for writing: a direct conversation is closed when the two are no friends any more."""
    found = await require_access(core, caller, stream)
    if found.closed:
        raise closed(found.closed)
    return found


async def require_read_access(core: Core, caller: Caller, stream: Stream, action: str) -> Access:
    """The same for reading; a moderator's visit to a room that is not their own is first written to the audit log."""
    found = await require_access(core, caller, stream)
    if stream.kind is ROOM and stream.key not in caller.rooms:
        await audit.append(core.db, caller.member, action, core.now(), {"room": stream.key})
    return found


async def participants(core: Core, stream: Stream, *, seq: int | None = None) -> tuple[str, ...]:
    """The ids of those who take part in a stream that nobody has to enter, and who see the message `seq` there; none of
    a room.
    """
    if stream.kind is DIRECT:
        pair = await pairs.by_stream(core.db, stream.name)
        return tuple(map(str, pairs.members(pair))) if pair else ()
    if stream.kind is GROUP:
        group = (await conversations.get(core.db, [stream.name])).get(stream.name)
        since = group.get("since", {}) if group and seq is not None else {}
        return tuple(str(one) for one in (group["users"] if group else ()) if since.get(str(one), 0) < (seq or 1))
    return ()


def room_of(label: str) -> Stream:
    """The stream of a room. BAD_REQUEST for a label that no room has."""
    try:
        return Stream.room(label)
    except ValueError as error:
        raise Refused("BAD_REQUEST", f"{error}.", field="label") from None
