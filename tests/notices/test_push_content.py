"""The content of a push: nothing but numbers and places, unless the member wants text."""

from typing import Any

import msgspec
import pytest

from konektor.core import Core
from konektor.notices.push_content import MOST_TEXT, content
from konektor.store import marks
from tests.conftest import Member, join
from tests.support.message_helpers import ROOM, say
from tests.support.notice_helpers import group_of


def row(member: Member, user: Member, cause: str, seq: int) -> Any:
    """A push of a conversation."""
    fields = {"member": member.caller.member, "cause": cause, "kind": "message", "user": user.caller.member}
    return {**fields, "seq": seq}


async def told(core: Core, member: Member, pushed: Any, *, with_text: bool = True) -> Any:
    """The content, decoded."""
    found = await content(core, member.caller, pushed, with_text=with_text)
    return msgspec.json.decode(found) if found else None


async def test_no_text_without_the_setting(core: Core) -> None:
    """Not even a name."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    await say(core, ada, "secret", stream=ROOM)
    assert await told(core, bob, row(bob, ada, ROOM, 1), with_text=False) == {
        "kind": "message",
        "stream": ROOM,
        "unread": 1,
    }


async def test_a_long_text_is_cut(core: Core) -> None:
    """A push service takes four kilobytes, also of the longest characters."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    await say(core, ada, "\U0001f382" * 2_000)
    found = await content(core, bob.caller, row(bob, ada, ROOM, 1), with_text=True)
    assert found
    assert len(found) < 1_000
    assert len(msgspec.json.decode(found)["text"]) == MOST_TEXT


@pytest.mark.parametrize("seq", [2, 3])
async def test_whoever_came_later_is_pushed_only_what_they_see(core: Core, seq: int) -> None:
    """Of a group, nothing that was said before they were added, and the count is without it."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    group = await group_of(core, ada, bob)
    for _ in range(2):
        await say(core, ada, "hello", stream=group)
    await core.db["conversations"].update_one({"_id": group}, {"$set": {f"since.{bob.caller.member}": 2}})
    await say(core, ada, "hello", stream=group)
    found = await told(core, bob, row(bob, ada, group, seq))
    assert (found and found["unread"]) == (1 if seq == 3 else None)


async def test_nothing_is_told_of_what_is_not_theirs_or_was_read(core: Core) -> None:
    """A room of others, a group they have left, a conversation that they have read."""
    ada, bob = await join(core, "ada", dob="1980-01-01"), await join(core, "bob")
    group = await group_of(core, ada)
    await say(core, ada, "hello", stream=group)
    assert await told(core, bob, row(bob, ada, group, 1)) is None
    assert await told(core, bob, row(bob, ada, "r:1980", 1)) is None
    eve = await join(core, "eve")
    await say(core, eve, "hello")
    assert await told(core, bob, row(bob, eve, ROOM, 1))
    await marks.advance(core.db, bob.caller.member, ROOM, 1)
    assert await told(core, bob, row(bob, eve, ROOM, 1)) is None
    assert await told(core, bob, {**row(bob, eve, "notices", 0), "kind": "request"}) is None
