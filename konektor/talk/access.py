"""Access: who may enter which stream."""

from collections.abc import Awaitable, Callable, Mapping

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.people import pairing
from konektor.store import audit, pairs, streams
from konektor.streams import DIRECT, GROUP, ROOM, Kind, Stream


async def _has_room(core: Core, caller: Caller, stream: Stream) -> bool:
    """A room is open to the members whose birth date it matches, and to moderators."""
    return stream.key in caller.labels or caller.moderator or stream.key in caller.rooms


async def _is_of_pair(core: Core, caller: Caller, stream: Stream) -> bool:
    """A direct conversation is open to the two who have become friends, also when they are none any more."""
    pair = await pairs.by_stream(core.db, stream.name)
    return pair is not None and caller.member in pairs.members(pair)


async def _takes_part(core: Core, caller: Caller, stream: Stream) -> bool:
    """A group is open to its members."""
    conversation = (await streams.get(core.db, [stream.name])).get(stream.name)
    return conversation is not None and caller.member in conversation.get("users", [])


ACCESS: Mapping[Kind, Callable[[Core, Caller, Stream], Awaitable[bool]]] = {
    ROOM: _has_room,
    DIRECT: _is_of_pair,
    GROUP: _takes_part,
}
"""Who may enter, by the kind of stream."""


async def may_enter(core: Core, caller: Caller, stream: Stream) -> bool:
    """Whether the caller may enter a stream."""
    return await ACCESS[stream.kind](core, caller, stream)


def no_access() -> Refused:
    """The refusal of a stream that the caller may not enter."""
    return Refused("FORBIDDEN", "You have no access to this conversation.")


async def require_access(core: Core, caller: Caller, stream: Stream) -> None:
    """FORBIDDEN for a stream that the caller may not enter."""
    if not await may_enter(core, caller, stream):
        raise no_access()


async def require_write_access(core: Core, caller: Caller, stream: Stream) -> None:
    """The same for writing: a direct conversation is closed when the two are no friends any more."""
    if stream.kind is not DIRECT:
        await require_access(core, caller, stream)
        return
    pair = await pairs.by_stream(core.db, stream.name)
    if pair is None or caller.member not in pairs.members(pair):
        raise no_access()
    if not pairing.are_friends(pair):
        raise Refused("FORBIDDEN", "You can only write to your friends.")


async def require_read_access(core: Core, caller: Caller, stream: Stream, action: str) -> None:
    """The same for reading; a moderator's visit to a room that is not their own is first written to the audit log."""
    await require_access(core, caller, stream)
    if stream.kind is ROOM and stream.key not in caller.rooms:
        await audit.append(core.db, caller.member, action, core.now(), {"room": stream.key})


def room_of(label: str) -> Stream:
    """The stream of a room. BAD_REQUEST for a label that no room has."""
    try:
        return Stream.room(label)
    except ValueError as error:
        raise Refused("BAD_REQUEST", f"{error}.", field="label") from None
