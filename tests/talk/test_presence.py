"""Presence: a room is told how many members are online, and who is typing."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from konektor.people.blocks import set_block
from konektor.streams import Stream
from konektor.talk import presence
from konektor.talk.presence import Announcer
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import ROOM

Connect = Callable[[Member], Awaitable[Client]]
DATE = "1990-05-17"


async def inside(connect: Connect, member: Member, label: str = DATE) -> Client:
    """A connection that has entered the room."""
    client = await connect(member)
    await client.ask("room:enter", {"label": label})
    return client


async def received_since(client: Client, event: str) -> list[Any]:
    """What has been told under that name up to now, and forgets it."""
    await client.ask("session:hello")
    heard = client.received(event)
    client.events.clear()
    return heard


@pytest.fixture
def announcer() -> Announcer:
    """One that has told nothing yet."""
    return Announcer()


async def test_a_room_hears_who_comes_and_goes(
    core: Core, connect: Connect, clock: Clock, announcer: Announcer
) -> None:
    """Two online, and one again when the grace of the other is over."""
    ada = await inside(connect, await join(core))
    bob = await connect(await join(core))
    await announcer.announce(core)
    assert await received_since(ada, "presence:changed") == [{"label": DATE, "online": 2, "members": 2}]
    await bob.sio.disconnect()
    await until(lambda: core.metrics.connections._value.get() == 1)
    clock.forward(seconds=10)
    await announcer.announce(core)
    assert await received_since(ada, "presence:changed") == [{"label": DATE, "online": 1, "members": 2}]


async def test_a_room_hears_who_has_joined(core: Core, connect: Connect, announcer: Announcer) -> None:
    """A signup raises the members of the room though nobody has connected."""
    ada = await inside(connect, await join(core))
    await announcer.announce(core)
    await join(core)
    await announcer.announce(core)
    assert (await received_since(ada, "presence:changed"))[-1] == {"label": DATE, "online": 1, "members": 2}


async def test_a_reload_is_not_told(core: Core, connect: Connect, clock: Clock, announcer: Announcer) -> None:
    """Who is back before 10 s are over has never been away."""
    ada, mate = await inside(connect, await join(core)), await join(core)
    before = await connect(mate)
    await announcer.announce(core)
    await before.sio.disconnect()
    await until(lambda: core.metrics.connections._value.get() == 1)
    clock.forward(seconds=9.999)
    await announcer.announce(core)
    await connect(mate)
    clock.forward(seconds=60)
    await announcer.announce(core)
    assert len(await received_since(ada, "presence:changed")) == 1


async def test_counts_that_stay_are_told_once(core: Core, connect: Connect, announcer: Announcer) -> None:
    """However often the round comes by."""
    ada = await inside(connect, await join(core))
    for _ in range(5):
        await announcer.announce(core)
    assert len(await received_since(ada, "presence:changed")) == 1


async def test_each_room_hears_its_own_counts(core: Core, connect: Connect, announcer: Announcer) -> None:
    """One who is in two rooms is told both; the third, which nobody looks at, is told nothing."""
    ada = await inside(connect, await join(core))
    await ada.ask("room:enter", {"label": "1990"})
    await join(core, dob="1990-11-02")
    await announcer.announce(core)
    counts = {change["label"]: change["members"] for change in await received_since(ada, "presence:changed")}
    assert counts == {DATE: 1, "1990": 2}


async def test_writing_is_seen_for_five_seconds(core: Core, connect: Connect, clock: Clock) -> None:
    """Named at once, and taken back by the round when 5 s are over, not a millisecond before."""
    ada, bob = await join(core), await inside(connect, await join(core))
    await presence.typing(core, ada.caller, Stream(ROOM))
    assert await received_since(bob, "typing:changed") == [{"stream": ROOM, "userIds": [str(ada.caller.member)]}]
    clock.forward(seconds=4.999)
    await presence.expire_typing(core)
    assert await received_since(bob, "typing:changed") == []
    clock.forward(milliseconds=1)
    await presence.expire_typing(core)
    assert await received_since(bob, "typing:changed") == [{"stream": ROOM, "userIds": []}]


async def test_of_many_writers_five_are_named(core: Core, connect: Connect, clock: Clock) -> None:
    """The latest first; the list is whole each time."""
    writers = [await join(core) for _ in range(6)]
    bob = await inside(connect, await join(core))
    for writer in writers:
        await presence.typing(core, writer.caller, Stream(ROOM))
        clock.forward(milliseconds=10)
    last = (await received_since(bob, "typing:changed"))[-1]
    assert last["userIds"] == [str(writer.caller.member) for writer in writers[:0:-1]]


async def test_counts_are_right_at_once_after_a_block_and_after_its_end(
    core: Core, connect: Connect, announcer: Announcer
) -> None:
    """Without waiting for the next change; and who was typing is not shown as typing any more."""
    ada, bob = await join(core), await join(core)
    client = await inside(connect, ada)
    await presence.typing(core, bob.caller, Stream(ROOM))
    await announcer.announce(core)
    for on, members in ((True, 1), (False, 2), (True, 1), (False, 2)):
        await received_since(client, "session:hello")
        await set_block(core, ada.caller, bob.caller.member, on)
        await until(lambda: client.received("presence:changed"))
        assert client.received("presence:changed")[-1] == {"label": DATE, "online": 1, "members": members}
        typing = [] if on else [str(bob.caller.member)]
        assert client.received("typing:changed")[-1] == {"stream": ROOM, "userIds": typing}


async def test_who_stop_typing_together_are_told_of_once(core: Core, connect: Connect, clock: Clock) -> None:
    """Also to whom one of them is hidden; not at all to whom all of them are."""
    ada, bob, cy, dan = [await join(core) for _ in range(4)]
    await set_block(core, cy.caller, ada.caller.member, True)
    for writer in (ada, bob):
        await set_block(core, dan.caller, writer.caller.member, True)
    clients = [await inside(connect, member) for member in (ada, cy, dan)]
    for writer in (ada, bob):
        await presence.typing(core, writer.caller, Stream(ROOM))
    for client in clients:
        await received_since(client, "typing:changed")
    clock.forward(seconds=5)
    await presence.expire_typing(core)
    heard = [await received_since(client, "typing:changed") for client in clients]
    assert heard == [[{"stream": ROOM, "userIds": []}]] * 2 + [[]]
