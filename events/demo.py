"""Events of sample members, on development servers only."""

from events.wire import Nothing, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.limiter import RateLimit
from konektor.running import sample_circle
from konektor.shapes import Room, Shape
from konektor.talk import rooms


class Filled(Shape, frozen=True, omit_defaults=False):
    """How many sample members there are for the caller's birth date, and the caller's rooms with them."""

    members: int
    rooms: list[Room]


@event("demo:people", development=True, budget=30.0, limit=RateLimit(3, 60.0))
async def people(core: Core, caller: Caller, payload: Nothing) -> Filled:
    """Makes sample members in your rooms, where they are missing; some are online and answer."""
    made = await sample_circle.fill_rooms(core, caller.born)
    return Filled(members=len(made), rooms=await rooms.own_rooms(core, caller))
