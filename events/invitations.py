"""Events of the invitations."""

from typing import Annotated, Any

import msgspec

from events.wire import Cid, Done, Limit, Nothing, Payload, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.idempotency import Replayed, run_once
from konektor.members import invitations
from konektor.members.invitations import Invitation, Invitee
from konektor.shapes import Shape


class Create(Payload, frozen=True):
    """Nothing but the `cid`."""

    cid: Cid = ""


@event("invite:create", codes=("CONFLICT",), limit=Limit(30, 60.0))
async def create(core: Core, caller: Caller, payload: Create) -> Invitation | Replayed[Any]:
    """Makes a code that lets 10 people in within 4 months; one open code at a time, staff excepted."""
    return await run_once(
        core, caller.member, "invite:create", payload, lambda op: invitations.create(core, caller, op)
    )


class Mine(Shape, frozen=True):
    """Your codes, newest first, and who joined with them."""

    codes: list[Invitation]
    invitees: list[Invitee]


@event("invite:list")
async def listing(core: Core, caller: Caller, payload: Nothing) -> Mine:
    """Your invitations and who came with them."""
    return Mine(*await invitations.mine(core, caller))


class Revoke(Payload, frozen=True):
    """The code."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


@event("invite:revoke", codes=("NOT_FOUND",))
async def revoke(core: Core, caller: Caller, payload: Revoke) -> Done:
    """Makes one of your codes useless; those who joined with it stay."""
    await invitations.revoke(core, caller, payload.code)
    return Done()
