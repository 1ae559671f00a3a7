"""Touching: a conversation is noted before its message is stored, and keeps its place while two talk."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import friends
from konektor.store import conversations, streams
from konektor.talk import messages, touching
from konektor.talk.touching import touch_early
from tests.conftest import Member, join
from tests.support.message_helpers import bodies, draft, say, second_server
from tests.support.people_helpers import befriend


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two still talk after a time that no slow machine needs for a test."""
    monkeypatch.setattr(touching, "TOUCH_SECONDS", 3600.0)


async def two(core: Core) -> tuple[Member, Member, str]:
    """Two friends and their conversation, in which each has said something."""
    ada, bob = await join(core), await join(core)
    stream = await befriend(core, ada, bob)
    for member in (ada, bob):
        await say(core, member, "hello", stream=stream)
    return ada, bob, stream


async def known(core: Core, stream: str) -> Any:
    """The conversation as it is stored."""
    return (await conversations.get(core.db, [stream]))[stream]


async def test_while_two_talk_their_conversation_keeps_its_place(core: Core) -> None:
    """Its time stays, its hint is never below the head."""
    ada, bob, stream = await two(core)
    before = await known(core, stream)
    for number in range(6):
        await say(core, (ada, bob)[number % 2], f"{number}", stream=stream)
        after = await known(core, stream)
        assert after["at"] == before["at"]
        assert after["hint"] >= await streams.head(core.db, stream) == number + 3


async def test_another_conversation_takes_the_first_place(core: Core) -> None:
    """If one of the two says something elsewhere, the next message brings theirs to the top again."""
    ada, _, stream = await two(core)
    other = await befriend(core, ada, await join(core))
    await say(core, ada, "elsewhere", stream=other)
    assert await touch_early(core, [draft(ada, cid="next", stream=stream)]) == set()
    await say(core, ada, "back", stream=stream)
    listed = await conversations.of_member(core.db, ada.caller.member, ["d"], None, 10)
    assert [one["_id"] for one in listed] == [stream, other]


async def test_after_a_second_or_on_another_connection_it_is_touched_again(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise its place would be that of the first message, and what a lost connection may have lost stays so."""
    ada, _, stream = await two(core)
    again = [draft(ada, cid="next", stream=stream)]
    assert await touch_early(core, again) == {stream}
    with monkeypatch.context() as moved:
        moved.setattr(touching, "TOUCH_SECONDS", 0.0)
        assert await touch_early(core, again) == set()
    assert await touch_early(second_server(core), again) == set()
    with monkeypatch.context() as moved:
        moved.setattr(type(core.db), "connection_epoch", "another")
        assert await touch_early(core, again) == set()


async def test_a_message_that_is_refused_moves_no_conversation(core: Core) -> None:
    """It may have been noted before it was known that it is; only the hint may then be ahead."""
    ada, bob, stream = await two(core)
    before = await known(core, stream)
    await friends.remove(core, bob.caller, ada.caller.member)
    with pytest.raises(Refused, match="FORBIDDEN"):
        await say(core, ada, "no", stream=stream)
    assert await bodies(core, stream) == ["hello", "hello"]
    after = await known(core, stream)
    assert after["hint"] >= before["hint"] == 2
    assert {**after, "hint": 2} == before


async def test_several_servers_and_messages_at_once_leave_the_hint_at_the_head_or_above(core: Core) -> None:
    """Whatever each of them knows, and also when a seq is taken by another."""
    ada, bob, stream = await two(core)
    servers = [core, second_server(core)]
    for server in servers:
        await say(server, ada, "first", stream=stream)
        await say(server, bob, "first", stream=stream)

    async def many(server: Core, member: Member, said: Sequence[str]) -> None:
        for body in said:
            await messages.write_batch(server, [draft(member, body, cid=body, stream=stream)])
            head = await streams.head(core.db, stream)  # read first: others go on meanwhile
            assert (await known(core, stream))["hint"] >= head

    await asyncio.gather(
        *(
            many(server, member, [f"{place}-{who}-{number}" for number in range(8)])
            for place, server in enumerate(servers)
            for who, member in enumerate((ada, bob))
        )
    )
    assert await streams.head(core.db, stream) == 6 + 32
