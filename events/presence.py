"""Events of presence."""

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.limiter import RateLimit
from konektor.payloads import Payload
from konektor.people import presence
from konektor.people.presence import State
from konektor.shapes import Done

CHANGES = RateLimit(30, 60.0)


class SetPresence(Payload, frozen=True):
    """`online`; `away` for this connection; `invisible` for all of yours."""

    state: State


@event("presence:set", limit=CHANGES)
async def set_presence(core: Core, caller: Caller, payload: SetPresence) -> Done:
    """Says how you appear to others. A connection that is away or invisible does not make you online."""
    await presence.set_state(core, caller, payload.state)
    return Done()
