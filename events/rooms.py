"""Events of the birth rooms."""

from events.wire import Nothing, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.payloads import Label, PageRequest, Payload, Seq
from konektor.shapes import Done, Room
from konektor.talk import rooms
from konektor.talk.rooms import Entered, MemberPage, MoreRooms


@event("room:list")
async def list_rooms(core: Core, caller: Caller, payload: Nothing) -> list[Room]:
    """Your three rooms, with their members, how many are online, and how many messages are unread."""
    return await rooms.own_rooms(core, caller)


@event("room:more")
async def list_more(core: Core, caller: Caller, payload: Nothing) -> MoreRooms:
    """Rooms beyond your three that you may enter now: that of the week you were born in."""
    return await rooms.further_rooms(core, caller)


class Enter(Payload, frozen=True):
    """The room, and the last seq of it that you have."""

    label: Label
    after: Seq | None = None


@event("room:enter", codes=("FORBIDDEN",))
async def enter(core: Core, caller: Caller, payload: Enter) -> Entered:
    """Enters a room: up to 50 messages, live events from then on, and a sponsor's ad on the first entry of a login."""
    return await rooms.enter(core, caller, payload.label, payload.after)


class Leave(Payload, frozen=True):
    """The room."""

    label: Label


@event("room:leave", codes=("FORBIDDEN",))
async def leave(core: Core, caller: Caller, payload: Leave) -> Done:
    """Leaves a room: this connection receives no more events from it."""
    await rooms.leave(core, caller, payload.label)
    return Done()


class Members(PageRequest, frozen=True):
    """The room, and the page of its members."""

    label: Label


@event("room:members", codes=("FORBIDDEN",))
async def members(core: Core, caller: Caller, payload: Members) -> MemberPage:
    """The members of a room, those online first."""
    return await rooms.members(core, caller, payload.label, payload.cursor, payload.limit)
