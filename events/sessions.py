"""Events of login sessions: the greeting, the list of logins, logging out elsewhere."""

from events.wire import Nothing, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import sessions
from konektor.members.sessions import Login
from konektor.payloads import HexId, Payload
from konektor.shapes import Shape
from konektor.talk import greeting
from konektor.talk.greeting import Hello


@event("session:hello")
async def hello(core: Core, caller: Caller, payload: Nothing) -> Hello:
    """Your account, your three rooms, your balance and the limits: the first event to send on every connection."""
    return await greeting.hello(core, caller)


@event("session:list")
async def list_logins(core: Core, caller: Caller, payload: Nothing) -> list[Login]:
    """Where you are logged in, the last used first."""
    return await sessions.logins(core, caller)


class Revoke(Payload, frozen=True):
    """One login by its id, or all but this one."""

    id: HexId | None = None
    others: bool = False


class Revoked(Shape, frozen=True):
    """How many logins have ended."""

    revoked: int


@event("session:revoke", codes=("NOT_FOUND",))
async def revoke(core: Core, caller: Caller, payload: Revoke) -> Revoked:
    """Logs you out elsewhere: `{id}` for one login, `{others: true}` for all but this one."""
    if (payload.id is None) == (not payload.others):
        raise Refused("BAD_REQUEST", "Send the id of one login, or others: true.", field="id")
    if payload.others:
        return Revoked(await sessions.revoke_others(core, caller))
    return Revoked(await sessions.revoke(core, caller, payload.id or ""))
