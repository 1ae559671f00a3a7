"""Group events: telling the members of a group what has changed."""

import asyncio

from konektor.caller import Caller
from konektor.core import Core
from konektor.server_events import ServerEvent
from konektor.shapes import HexId
from konektor.store import accounts, conversations, ties
from konektor.store.conversations import Conversation
from konektor.store.ids import Id
from konektor.streams import Stream
from konektor.talk.group_views import Group, group_of

AT_ONCE = 4
"""Members whose view of a group is read at once."""


class GroupChanged(ServerEvent, frozen=True):
    """A group of yours has changed, or you were added to one; or the member `left`, who may be you, is not in the group
    `id` any more.
    """

    event = "group:changed"

    group: Group | None = None
    id: HexId | None = None
    left: HexId | None = None


async def tell(core: Core, stream: str, *, skip: Caller | None = None) -> None:
    """Tells the members of a group how it is now, each as they see it; not the connection of the Caller `skip`, whose
    ack says it.
    """
    async with core.locks(("group", stream)):  # or an older state could be told last
        group = (await conversations.get(core.db, [stream])).get(stream)
        if group is None:
            return
        members = [member for member in group["users"] if core.live.may_hear(str(member))]
        docs, tied = await asyncio.gather(accounts.get_all(core.db, members), ties.get_all(core.db, members))
        free = asyncio.Semaphore(AT_ONCE)

        async def tell_one(member: Id) -> None:
            async with free:
                viewer = Caller.of(docs[member], Id(b"\0" * 12), ties=tied[member])
                event = GroupChanged(group=await group_of(core, viewer, group))
                core.live.tell(str(member), event, skip=skip.connection if skip else "")

        await asyncio.gather(*(tell_one(member) for member in members if member in docs))


async def shut_out(core: Core, stream: str, member: Id, group: Conversation) -> None:
    """Removes a member who no longer takes part from the stream, and tells them and those who are left."""
    core.live.shut_out(str(member), stream)
    event = GroupChanged(id=Stream(stream).key, left=str(member))
    tied = await ties.get_all(core.db, group["users"])
    for other in (member, *(one for one in group["users"] if member not in tied[one].hidden)):
        core.live.tell(str(other), event)
