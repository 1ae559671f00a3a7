"""Groups: conversations of friends and friends of friends, with an owner."""

from collections.abc import Sequence

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.pages import cut
from konektor.people import pairing
from konektor.shapes import Next, Shape
from konektor.store import conversations, groups, pairs
from konektor.store.conversations import Conversation
from konektor.store.ids import Id
from konektor.streams import GROUP_PREFIX
from konektor.talk import group_events
from konektor.talk.conversations import cursor_at, position_of
from konektor.talk.group_views import Group, group_of, groups_of

MOST_MEMBERS = 50
MOST_GROUPS = 200


class GroupPage(Shape, frozen=True, omit_defaults=False):
    """A page of groups, those in which something was said last first; `next` is the cursor of the following one."""

    items: list[Group]
    next: Next | None


async def list_groups(core: Core, caller: Caller, cursor: str | None, limit: int) -> GroupPage:
    """The caller's groups; a page is shorter when so many members do not fit into an answer."""
    found = await conversations.of_member(core.db, caller.member, ["g"], position_of("groups", cursor), limit + 1)
    page, more = cut(found, limit)
    items = await groups_of(core, caller, page)
    last = page[len(items) - 1] if items and (more or len(items) < len(page)) else None
    return GroupPage(items=items, next=cursor_at("groups", last) if last else None)


async def create(core: Core, caller: Caller, name: str, friends: Sequence[Id], op: Id) -> Group:
    """Makes a group of the caller, who owns it, and their friends. FORBIDDEN for others than friends, QUOTA_EXCEEDED
    for a member with MOST_GROUPS.
    """
    members = list(dict.fromkeys([caller.member, *friends]))
    if len(members) == 1:
        raise Refused("BAD_REQUEST", "Choose at least one friend.", field="userIds")
    await _require_friends(core, caller, members[1:], "userIds")
    stream = f"{GROUP_PREFIX}{op}"
    if stream not in await conversations.get(core.db, [stream]):  # otherwise this is a repeat
        await _require_space(core, caller)
    group = await groups.create(core.db, stream, name, members)
    core.tasks.start(group_events.tell(core, stream, skip=caller))
    return await group_of(core, caller, group)


async def _require_friends(core: Core, caller: Caller, members: Sequence[Id], field: str) -> None:
    keys = {pairs.key(caller.member, member) for member in members}
    known = await pairs.get(core.db, list(keys))
    if any(key not in known or not pairing.are_friends(known[key]) for key in keys):
        raise Refused("FORBIDDEN", "You can only add your friends.", field=field)


async def _require_space(core: Core, caller: Caller) -> None:
    if await groups.count(core.db, caller.member, MOST_GROUPS) >= MOST_GROUPS:
        message = f"You take part in {MOST_GROUPS} groups; leave one first."
        raise Refused("QUOTA_EXCEEDED", message, limit=MOST_GROUPS, remaining=0)


async def rename(core: Core, caller: Caller, group: Id, name: str) -> Group:
    """Gives the caller's group a name. NOT_FOUND, FORBIDDEN for others than the owner."""
    stream = await _stream(core, caller, group)
    changed = await groups.rename(core.db, stream, caller.member, name)
    if changed is None:
        raise _not_owner()
    core.tasks.start(group_events.tell(core, stream, skip=caller))
    return await group_of(core, caller, changed)


async def add(core: Core, caller: Caller, group: Id, friend: Id, op: Id) -> Group:
    """Adds a friend of the caller. NOT_FOUND, FORBIDDEN for another one, CONFLICT for one who takes part already,
    QUOTA_EXCEEDED when there are MOST_MEMBERS.
    """
    stream = await _stream(core, caller, group)
    await _require_friends(core, caller, [friend], "userId")
    changed = await groups.add(core.db, stream, caller.member, friend, MOST_MEMBERS, op)
    if changed is None:
        changed = await _found(core, caller, stream)
        if op not in changed.get("done", []):
            raise _not_added(changed, friend)
    core.tasks.start(group_events.tell(core, stream, skip=caller))
    return await group_of(core, caller, changed)


def _not_added(group: Conversation, friend: Id) -> Refused:
    if friend in group["users"]:
        return Refused("CONFLICT", "This member is in the group already.", field="userId")
    message = f"A group has at most {MOST_MEMBERS} members."
    return Refused("QUOTA_EXCEEDED", message, field="userId", limit=MOST_MEMBERS, remaining=0)


async def remove(core: Core, caller: Caller, group: Id, member: Id, op: Id) -> Group:
    """Removes a member from the caller's group. NOT_FOUND, FORBIDDEN for all but the owner, CONFLICT for oneself."""
    stream = await _stream(core, caller, group)
    if member == caller.member:
        raise Refused("CONFLICT", "You can't remove yourself; leave the group instead.", field="userId")
    changed = await groups.remove(core.db, stream, member, op, owner=caller.member)
    if changed is None:
        changed = await _found(core, caller, stream)
        if op not in changed.get("done", []):
            raise _not_owner() if changed["owner"] != caller.member else _nobody()
    await group_events.shut_out(core, stream, member, changed)
    core.tasks.start(group_events.tell(core, stream, skip=caller))
    return await group_of(core, caller, changed)


async def leave(core: Core, caller: Caller, group: Id, op: Id) -> None:
    """Ends the caller's part in a group; whoever has been in it longest inherits it, and it ends with the last one
    (group_ends.py).
    """
    stream = f"{GROUP_PREFIX}{group}"
    changed = await groups.remove(core.db, stream, caller.member, op)
    if changed is None:
        known = (await conversations.get(core.db, [stream])).get(stream)
        if known is None or op not in known.get("done", []):
            raise gone()
        changed = known
    await group_events.shut_out(core, stream, caller.member, changed)
    core.tasks.start(group_events.tell(core, stream))


async def _stream(core: Core, caller: Caller, group: Id) -> str:
    """The stream of a group in which the caller takes part. NOT_FOUND."""
    return (await _found(core, caller, f"{GROUP_PREFIX}{group}"))["_id"]


async def _found(core: Core, caller: Caller, stream: str) -> Conversation:
    known = (await conversations.get(core.db, [stream])).get(stream)
    if known is None or caller.member not in known["users"]:
        raise gone()
    return known


def gone() -> Refused:
    """The refusal of a group that is not there, or not the caller's."""
    return Refused("NOT_FOUND", "This group isn't there any more, or you are not in it.", field="id")


def _not_owner() -> Refused:
    return Refused("FORBIDDEN", "Only the owner of the group can do this.")


def _nobody() -> Refused:
    return Refused("NOT_FOUND", "This member is not in the group.", field="userId")
