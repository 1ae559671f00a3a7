"""Presence: a room is told how many members are online, and who is typing."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
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
