"""Group views: what a member sees of groups."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from konektor.caller import Caller
from konektor.core import Core
from konektor.people.profiles import profiles_of
from konektor.shapes import AnyMessage, HexId, Profile, Shape, StreamName
from konektor.store import marks
from konektor.store.conversations import Conversation
from konektor.streams import Stream
from konektor.talk.conversations import newest_in, since_of, unread_in
from konektor.talk.history import MAX_BYTES

GroupName = Annotated[str, Meta(examples=["Born in May"])]

_encode = msgspec.json.Encoder().encode


class Group(Shape, frozen=True, omit_defaults=False):
    """A group: its members, those who have been in it longest first, without those who are hidden from you; the newest
    message, how many are unread, and up to which seq you have read.
    """

    id: HexId
    stream: StreamName
    name: GroupName
    owner: HexId
    members: list[Profile]
    last: AnyMessage | None
    unread: int
    read_up_to: int


async def group_of(core: Core, caller: Caller, group: Conversation) -> Group:
    """One group as the caller sees it."""
    return (await groups_of(core, caller, [group]))[0]


async def groups_of(core: Core, caller: Caller, found: Sequence[Conversation]) -> list[Group]:
    """The first of the groups as the caller sees them, as many as fit into an answer, at least one."""
    since = {one["_id"]: since_of(one, caller.member) for one in found}
    profiles, last, unread, read = await asyncio.gather(
        profiles_of(core, caller, {member for one in found for member in one["users"]}),
        newest_in(core, caller, since),
        unread_in(core, caller, found),
        marks.get(core.db, caller.member, list(since)),
    )
    shown: list[Group] = []
    space = MAX_BYTES
    for one in found:
        name = one["_id"]
        group = Group(
            id=Stream(name).key,
            stream=name,
            name=one["name"],
            owner=str(one["owner"]),
            members=[profiles[member] for member in one["users"] if member in profiles],
            last=last.get(name),
            unread=unread[name],
            read_up_to=max(read.get(name, 0), since[name]),
        )
        space -= len(_encode(group))
        if space < 0 and shown:
            break
        shown.append(group)
    return shown
