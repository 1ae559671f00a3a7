"""Notices for tests: groups to talk in, blocks, and what a member is noticed of."""

from functools import partial
from typing import Any

import msgspec

from konektor.core import Core
from konektor.members.sessions import caller_of_session
from konektor.notices import listing
from konektor.people import pair_changes, pairing
from konektor.people.pairing import Step
from konektor.store import conversations
from konektor.store.ids import new_id
from tests.conftest import Member
from tests.support.message_helpers import settled


async def group_of(core: Core, *members: Member) -> str:
    """The stream of a group of these members."""
    stream = f"g:{new_id()}"
    await conversations.begin(core.db, stream, [member.caller.member for member in members])
    return stream


async def block(core: Core, one: Member, two: Member) -> None:
    """The first blocks the second, without telling anybody."""
    act = partial(pairing.block, step=Step(one.caller.member, new_id(), core.now()))
    await pair_changes.change(core, one.caller.member, two.caller.member, act)


async def noticed(core: Core, member: Member) -> list[dict[str, Any]]:
    """The notices of a member, the newest first, once everything handed in before was made."""
    await settled(core)
    caller = await caller_of_session(core, str(member.caller.session))
    found = (await listing.page(core, caller, None, 50)).items
    return [{"kind": item.kind, "read": item.read, **_plain(item.params)} for item in found]


def _plain(params: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(params)
    return plain


async def unread(core: Core, member: Member) -> int:
    """How many notices of a member are unread."""
    await settled(core)
    caller = await caller_of_session(core, str(member.caller.session))
    return (await listing.page(core, caller, None, 1)).unread
