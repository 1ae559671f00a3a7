"""Events of the login: saying hello, seeing where one is signed in, signing out elsewhere."""

import asyncio

from events.wire import MessageId, Nothing, Payload, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts, sessions
from konektor.members.accounts import Me
from konektor.members.sessions import Login
from konektor.shapes import Room, Shape, stamp
from konektor.store import accounts as stored
from konektor.talk import history, rooms
from konektor.talk.changes import EDITABLE
from konektor.talk.messages import LONGEST
from konektor.talk.streams import ROOM_LIFE
from konektor.tokens import wallet


class Limits(Shape, frozen=True, omit_defaults=False):
    """What a client should know before it sends."""

    events_per_second: int
    burst: int
    frame_bytes: int
    sockets: int
    body: int = LONGEST
    history: int = history.HISTORY
    edit_seconds: int = int(EDITABLE.total_seconds())
    keep_hours: int = int(ROOM_LIFE.total_seconds() // 3600)


class Hello(Shape, frozen=True, omit_defaults=False):
    """Everything a client shows first. `unread` is by stream; `usage` is what the plan counts, so far nothing."""

    me: Me
    rooms: list[Room]
    balance: int
    plan: str
    usage: dict[str, int]
    unread: dict[str, int]
    limits: Limits
    server_time: str


@event("session:hello")
async def hello(core: Core, caller: Caller, payload: Nothing) -> Hello:
    """Who you are, your three rooms, your balance and the limits: the first thing to ask on every connection."""
    account, mine, balance = await asyncio.gather(
        stored.get(core.db, caller.member), rooms.mine(core, caller), wallet.balance(core, caller.member)
    )
    if account is None:
        raise Refused("UNAUTHENTICATED", "This account is gone.")
    unread = {f"r:{room.label}": room.unread for room in mine}
    me = accounts.me(core, account)
    allowed = core.config.limits
    limits = Limits(allowed.events_per_second, allowed.event_burst, allowed.max_frame, allowed.sockets_per_member)
    return Hello(me, mine, balance, "free", {}, unread, limits, stamp(core.now()))


@event("session:list")
async def listing(core: Core, caller: Caller, payload: Nothing) -> list[Login]:
    """Where you are signed in, the last used first."""
    return await sessions.logins(core, caller)


class Revoke(Payload, frozen=True):
    """One login by its id, or all but this one."""

    id: MessageId | None = None
    others: bool = False


class Revoked(Shape, frozen=True):
    """How many logins have ended."""

    revoked: int


@event("session:revoke", codes=("NOT_FOUND",))
async def revoke(core: Core, caller: Caller, payload: Revoke) -> Revoked:
    """Signs you out elsewhere: `{id}` for one login, `{others: true}` for all but this one."""
    if (payload.id is None) == (not payload.others):
        raise Refused("BAD_REQUEST", "Name one login by its id, or say others: true.", field="id")
    if payload.others:
        return Revoked(await sessions.revoke_others(core, caller))
    return Revoked(await sessions.revoke(core, caller, payload.id or ""))
