"""Events of the birth rooms."""

from events.wire import Cursor, Done, Label, Nothing, Page, Payload, Seq, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.shapes import Room
from konektor.talk import rooms
from konektor.talk.rooms import Entered, People


@event("room:list")
async def listing(core: Core, caller: Caller, payload: Nothing) -> list[Room]:
    """Your three rooms, with their members, how many are online, and what you have not read."""
    return await rooms.mine(core, caller)


class Enter(Payload, frozen=True):
    """The room, and the last seq you have of it."""

    label: Label
    after: Seq | None = None


@event("room:enter", codes=("FORBIDDEN",))
async def enter(core: Core, caller: Caller, payload: Enter) -> Entered:
    """Enters a room: up to 50 messages, live ones from then on, and a sponsor's ad on the first entry of a login."""
    return await rooms.enter(core, caller, payload.label, payload.after)


class Leave(Payload, frozen=True):
    """The room."""

    label: Label


@event("room:leave", codes=("FORBIDDEN",))
async def leave(core: Core, caller: Caller, payload: Leave) -> Done:
    """Leaves a room; nothing of it reaches this connection any more."""
    await rooms.leave(core, caller, payload.label)
    return Done()


class Members(Payload, frozen=True):
    """The room, where to go on, and how many."""

    label: Label
    cursor: Cursor | None = None
    limit: Page = 50


@event("room:members", codes=("FORBIDDEN",))
async def members(core: Core, caller: Caller, payload: Members) -> People:
    """Who belongs to a room, those online first."""
    return await rooms.members(core, caller, payload.label, payload.cursor, payload.limit)
