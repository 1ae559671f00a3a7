"""Events of groups."""

from typing import Annotated

from msgspec import UNSET, Meta

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.payloads import HexId, OptionalCid, PageRequest, Payload
from konektor.shapes import Done, Shape
from konektor.store.ids import Id
from konektor.talk import groups
from konektor.talk.group_views import Group
from konektor.talk.groups import MOST_MEMBERS, GroupPage

Name = Annotated[str, Meta(min_length=1, max_length=60, examples=["Born in May"])]


class GroupAck(Shape, frozen=True):
    """The group as it is now."""

    group: Group


class CreateGroup(Payload, frozen=True):
    """Its name, and the friends who are in it from the start, in the order in which they would inherit it."""

    name: Name
    user_ids: Annotated[list[HexId], Meta(min_length=1, max_length=MOST_MEMBERS - 1)]
    cid: OptionalCid = UNSET


@event("group:create", codes=("FORBIDDEN", "QUOTA_EXCEEDED"))
async def create_group(core: Core, caller: Caller, payload: CreateGroup, op: Id) -> GroupAck:
    """Makes a group of yours with some of your friends."""
    return GroupAck(await groups.create(core, caller, payload.name, list(map(Id, payload.user_ids)), op))


@event("group:list")
async def list_groups(core: Core, caller: Caller, payload: PageRequest) -> GroupPage:
    """Your groups, those in which something was said last first; what is said there arrives without entering them."""
    return await groups.list_groups(core, caller, payload.cursor, payload.limit)


class UpdateGroup(Payload, frozen=True):
    """The group, and its new name."""

    id: HexId
    name: Name
    cid: OptionalCid = UNSET


@event("group:update", codes=("FORBIDDEN", "NOT_FOUND"))
async def update_group(core: Core, caller: Caller, payload: UpdateGroup, op: Id) -> GroupAck:
    """Renames a group of which you are the owner."""
    return GroupAck(await groups.rename(core, caller, Id(payload.id), payload.name))


class ChangeMember(Payload, frozen=True):
    """The group and the member."""

    id: HexId
    user_id: HexId
    cid: OptionalCid = UNSET


@event("group:add", codes=("FORBIDDEN", "NOT_FOUND", "CONFLICT", "QUOTA_EXCEEDED"))
async def add_member(core: Core, caller: Caller, payload: ChangeMember, op: Id) -> GroupAck:
    """Adds one of your friends to a group in which you are; they see what is said from then on."""
    return GroupAck(await groups.add(core, caller, Id(payload.id), Id(payload.user_id), op))


@event("group:remove", codes=("FORBIDDEN", "NOT_FOUND", "CONFLICT"))
async def remove_member(core: Core, caller: Caller, payload: ChangeMember, op: Id) -> GroupAck:
    """Removes a member from a group of which you are the owner; they hear and see nothing of it any more."""
    return GroupAck(await groups.remove(core, caller, Id(payload.id), Id(payload.user_id), op))


class LeaveGroup(Payload, frozen=True):
    """The group."""

    id: HexId
    cid: OptionalCid = UNSET


@event("group:leave", codes=("NOT_FOUND",))
async def leave_group(core: Core, caller: Caller, payload: LeaveGroup, op: Id) -> Done:
    """Leaves a group. If it was yours, whoever has been in it longest owns it then; it ends with the last one."""
    await groups.leave(core, caller, Id(payload.id), op)
    return Done()
