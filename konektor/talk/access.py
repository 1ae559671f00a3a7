"""Access: who may enter which stream."""

from collections.abc import Awaitable, Callable, Mapping

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.store import audit, streams
from konektor.streams import DIRECT, GROUP, ROOM, Kind, Stream


async def _has_room(core: Core, caller: Caller, stream: Stream) -> bool:
    """A room is open to the members whose birth date it matches, and to moderators."""
    return stream.key in caller.labels or caller.moderator or stream.key in caller.rooms


async def _takes_part(core: Core, caller: Caller, stream: Stream) -> bool:
    """A private conversation is open to its participants."""
    conversation = (await streams.get(core.db, [stream.name])).get(stream.name)
    return conversation is not None and caller.member in conversation.get("users", [])


ACCESS: Mapping[Kind, Callable[[Core, Caller, Stream], Awaitable[bool]]] = {
    ROOM: _has_room,
    DIRECT: _takes_part,
    GROUP: _takes_part,
}
"""Who may enter, by the kind of stream."""


async def require_access(core: Core, caller: Caller, stream: Stream) -> None:
    """FORBIDDEN for a stream that the caller may not enter."""
    if not await ACCESS[stream.kind](core, caller, stream):
        raise Refused("FORBIDDEN", "You have no access to this conversation.")


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
