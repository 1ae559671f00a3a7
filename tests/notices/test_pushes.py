"""Pushes: what is put into the outbox, for whom, and that there is one for a conversation until it is read."""

from typing import Any

import pytest

from konektor.causes import Pushed
from konektor.core import Core
from konektor.notices.pushes import SEEN_LIVE, put_batch
from konektor.store import marks, outbox
from konektor.store.ids import new_id
from tests.conftest import Member, join
from tests.support.message_helpers import say, settled
from tests.support.notice_helpers import block, group_of
from tests.support.people_helpers import befriend
from tests.support.push_helpers import service, subscribed
from tests.support.push_service import PushService

__all__ = ["service"]


async def rows(core: Core) -> list[dict[str, Any]]:
    """What is in the outbox."""
    await settled(core)
    found: list[dict[str, Any]] = await core.db["outbox"].find().sort("_id", 1).to_list(None)
    return found


def push(member: Member, user: Member, seq: int, kind: Any = "message", cause: str = "d:1") -> Pushed:
    """Something that a member is to be pushed."""
    return Pushed(member.caller.member, cause, kind, user.caller.member, seq)


async def test_only_whoever_has_subscribed_is_pushed(core: Core, service: PushService) -> None:
    """Messages of direct conversations and groups, to everybody but the author; nothing that is said in rooms."""
    ada, bob, eve = [await join(core, name) for name in ("ada", "bob", "eve")]
    direct, group = await befriend(core, ada, bob), await group_of(core, ada, bob, eve)
    for member in (ada, bob):
        await subscribed(core, service, member)
    await say(core, ada, "hello", stream=direct)
    await say(core, ada, "hello", stream=group)
    await say(core, ada, "hello")
    assert [(row["member"], row["cause"], row["kind"], row["seq"]) for row in await rows(core)] == [
        (bob.caller.member, direct, "message", 1),
        (bob.caller.member, group, "message", 1),
    ]


async def test_a_mention_is_pushed_with_its_conversation(core: Core, service: PushService) -> None:
    """Of a group in the row of its messages, of a room in one of its own."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    group = await group_of(core, ada, bob)
    await subscribed(core, service, bob)
    await say(core, ada, "@bob", stream=group)
    await say(core, ada, "well?", stream=group)
    await say(core, ada, "@bob")
    assert [(row["cause"], row["kind"], row["seq"]) for row in await rows(core)] == [
        (group, "mention", 2),
        ("r:1990-05-17", "mention", 1),
    ]


async def test_whoever_is_there_is_pushed_later_if_at_all(core: Core, service: PushService) -> None:
    """Somebody who has just left counts as online for a few seconds."""
    ada, bob = await join(core), await join(core)
    await subscribed(core, service, bob)
    await core.presence.arrive(str(bob.caller.member), "c1", bob.caller.rooms, True)
    await put_batch(core, [[push(bob, ada, 1)]])
    assert [row["due"] for row in await rows(core)] == [core.now() + SEEN_LIVE]


@pytest.mark.parametrize("bob_blocks", [True, False])
async def test_nobody_is_pushed_by_somebody_hidden(core: Core, service: PushService, bob_blocks: bool) -> None:
    """Whichever of the two blocks."""
    ada, bob = await join(core), await join(core)
    await subscribed(core, service, bob)
    await (block(core, bob, ada) if bob_blocks else block(core, ada, bob))
    await put_batch(core, [[push(bob, ada, 1)]])
    assert await rows(core) == []


async def test_after_a_push_only_what_follows_reading_makes_another(core: Core, service: PushService) -> None:
    """A mark behind what was pushed, then at it."""
    ada, bob = await join(core), await join(core)
    await subscribed(core, service, bob)
    await put_batch(core, [[push(bob, ada, 3), push(bob, ada, 2)]])
    taken = await outbox.claim(core.db, core.now(), core.now() + SEEN_LIVE, new_id())
    assert taken
    await outbox.mark_sent(core.db, taken)
    for read, waits in ((0, False), (2, False), (3, True)):
        await marks.advance(core.db, bob.caller.member, "d:1", read)
        await put_batch(core, [[push(bob, ada, 4)]])
        assert ["due" in row for row in await rows(core)] == [waits]


async def test_of_many_at_once_the_last_seq_and_the_best_kind_count(core: Core, service: PushService) -> None:
    """In whatever order they are handed in."""
    ada, bob = await join(core), await join(core)
    await subscribed(core, service, bob)
    await put_batch(core, [[push(bob, ada, 9), push(bob, ada, 4, "mention")], [push(bob, ada, 7)]])
    assert [(row["seq"], row["kind"]) for row in await rows(core)] == [(9, "mention")]
