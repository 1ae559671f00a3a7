"""Events of sample members, on development servers only."""

from events.wire import Nothing, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.limiter import RateLimit
from konektor.running import sample_faces, sample_rooms
from konektor.running.sample_circle import FIRST
from konektor.shapes import Room, Shape
from konektor.talk import rooms


class Filled(Shape, frozen=True, omit_defaults=False):
    """How many sample members there are around the caller's birth date so far, and the caller's rooms with them."""

    members: int
    rooms: list[Room]


@event("demo:people", development=True, budget=30.0, limit=RateLimit(3, 60.0))
async def people(core: Core, caller: Caller, payload: Nothing) -> Filled:
    """Makes sample members around you, where they are missing; some are online and answer.

    A dozen at once; the others, their faces, friends and requests follow within seconds.
    """
    made = await sample_rooms.fill_rooms(core, caller.born, FIRST)
    core.tasks.start(_fill_up(core, caller))
    return Filled(members=len(made), rooms=await rooms.own_rooms(core, caller))


async def _fill_up(core: Core, caller: Caller) -> None:
    """Makes those that are still missing, and then all faces."""
    await sample_faces.draw_missing(core, await sample_rooms.fill_rooms(core, caller.born))
