"""Events of the invitations."""

from typing import Annotated

import msgspec
from msgspec import UNSET

from events.wire import Nothing, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.limiter import RateLimit
from konektor.members import invitations
from konektor.members.invitations import Invitation, InvitationList
from konektor.payload_text import LINES
from konektor.payloads import OptionalCid, Payload
from konektor.shapes import Done
from konektor.store.ids import Id


class Create(Payload, frozen=True):
    """Only the `cid`."""

    cid: OptionalCid = UNSET


@event("invite:create", limit=RateLimit(30, 60.0))
async def create(core: Core, caller: Caller, payload: Create, op: Id) -> Invitation:
    """Creates a code with which 10 people can join within 4 months. CONFLICT: one open code at a time, except staff."""
    return await invitations.create(core, caller, op)


@event("invite:list")
async def list_invitations(core: Core, caller: Caller, payload: Nothing) -> InvitationList:
    """Your invitations and the members who joined with them."""
    return await invitations.own_invitations(core, caller)


class Revoke(Payload, frozen=True):
    """The code, or its link as pasted."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=300, examples=["Qm3xT8vLr2KdPz7WcN5a"]), LINES]


@event("invite:revoke", codes=("NOT_FOUND",))
async def revoke(core: Core, caller: Caller, payload: Revoke) -> Done:
    """Makes one of your codes unusable; those who joined with it stay."""
    await invitations.revoke(core, caller, payload.code)
    return Done()
