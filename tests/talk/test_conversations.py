"""Direct conversations: who is in the list, what is unread, and what both hear."""

from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.pages import to_cursor
from konektor.people import friends
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import conversations, unread
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import bodies, say
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]


async def test_what_is_said_reaches_both_on_all_their_connections(core: Core, connect: Connect) -> None:
    """Once, in order, without entering anything; nobody else hears it."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    stream = await befriend(core, ada, bob)
    clients = [await connect(member) for member in (ada, ada, bob, eve)]
    for number in range(3):
        await say(core, ada if number % 2 else bob, str(number), stream=stream)
    for client in clients[:3]:
        await until(lambda client=client: len(client.received("message:new")) == 3)
        assert [data["message"]["body"] for data in client.received("message:new")] == ["0", "1", "2"]
    assert clients[3].received("message:new") == []


async def test_the_list_has_what_was_said_last_first(core: Core, clock: Clock) -> None:
    """With the other, the last words, what is unread of theirs, and how far both have read."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    one, two = await befriend(core, ada, bob), await befriend(core, ada, eve)
    await say(core, ada, "first", stream=one)
    await say(core, eve, "second", stream=two)
    await say(core, eve, "third", stream=two)
    page = await conversations.list_direct(core, ada.caller, None, 50)
    assert [(item.stream, item.peer.id, item.unread, item.open) for item in page.items] == [
        (two, str(eve.caller.member), 2, True),
        (one, str(bob.caller.member), 0, True),
    ]
    assert [item.last.body for item in page.items] == ["third", "first"]  # type: ignore[union-attr]
    await say(core, bob, "fourth", stream=one)
    assert await conversations.unread(core, ada.caller) == {one: 1, two: 2}
    assert await unread.read(core, ada.caller, Stream(two), 2) == 0
    assert await conversations.unread(core, ada.caller) == {one: 1}
    first = await conversations.list_direct(core, ada.caller, None, 1)
    assert first.next
    second = await conversations.list_direct(core, ada.caller, first.next, 1)
    assert [item.stream for item in first.items + second.items] == [one, two]
    assert (second.next, second.items[0].read_up_to, first.items[0].read_up_to) == (None, 2, 0)


async def test_a_conversation_is_listed_once_it_is_opened(core: Core) -> None:
    """Or once something is said there, not before; only with a friend, and for both."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    stream = await befriend(core, ada, bob)
    assert (await conversations.list_direct(core, ada.caller, None, 50)).items == []
    assert [await conversations.open_direct(core, ada.caller, bob.caller.member) for _ in range(2)] == [stream] * 2
    for member in (ada, bob):
        page = await conversations.list_direct(core, member.caller, None, 50)
        assert [(item.stream, item.last, item.unread) for item in page.items] == [(stream, None, 0)]
    for other in (eve.caller.member, ada.caller.member, new_id()):
        with pytest.raises(Refused, match="FORBIDDEN: You can only write to your friends"):
            await conversations.open_direct(core, ada.caller, other)


async def test_a_conversation_of_two_who_part_can_be_read_on(core: Core) -> None:
    """And is closed for writing, typing and reactions."""
    ada, bob = await join(core), await join(core)
    stream = await befriend(core, ada, bob)
    await say(core, bob, "hello", stream=stream)
    await friends.remove(core, ada.caller, bob.caller.member)
    for member in (ada, bob):
        with pytest.raises(Refused, match="FORBIDDEN: You can only write to your friends"):
            await say(core, member, "more", stream=stream)
        [item] = (await conversations.list_direct(core, member.caller, None, 50)).items
        assert (item.open, item.receipt, item.peer.relation) == (False, None, "none")
        assert item.last
        assert item.last.seq == 1


async def test_the_order_of_the_list_is_that_of_what_was_said(core: Core) -> None:
    """Also while two go on talking, whose conversation is moved up at most once a second until one talks elsewhere."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    one, two = await befriend(core, ada, bob), await befriend(core, ada, eve)
    for author, stream in ((ada, one), (bob, one), (eve, two), (ada, one), (bob, one), (eve, two), (eve, two)):
        await say(core, author, "x", stream=stream)
        listed = (await conversations.list_direct(core, ada.caller, None, 50)).items
        assert listed[0].stream == stream
        assert listed[0].last
        assert listed[0].last.seq == len(await bodies(core, stream))


@pytest.mark.parametrize("at", [-1, 10**30])
async def test_a_cursor_of_no_time_is_refused(core: Core, at: int) -> None:
    """However large its number is."""
    with pytest.raises(Refused, match="BAD_REQUEST"):
        await conversations.list_direct(core, (await join(core)).caller, to_cursor("conversations", at, "d:1"), 50)
