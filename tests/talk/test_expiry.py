"""Expiry: open pages are told which messages have expired, once and to the millisecond."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from konektor.core import Core
from konektor.talk.expiry import Expiry
from tests.conftest import Client, Clock, Member, join
from tests.support.message_helpers import DAY, ROOM, YEAR, say

Connect = Callable[[Member], Awaitable[Client]]
DATE = "1990-05-17"


async def inside(connect: Connect, member: Member, *labels: str) -> Client:
    """A connection that has entered the rooms."""
    client = await connect(member)
    for label in labels or (DATE,):
        await client.ask("room:enter", {"label": label})
    return client


async def told(client: Client) -> list[Any]:
    """What the client has been told of changed messages since it was asked last."""
    await client.ask("session:hello")
    heard = client.received("message:changed")
    client.events.clear()
    return heard


async def test_a_room_is_told_up_to_where_its_messages_have_expired(core: Core, connect: Connect, clock: Clock) -> None:
    """Once, to the millisecond, the highest seq of those that expired together."""
    ada, expiry = await join(core), Expiry(clock())
    await say(core, ada, "one")
    await say(core, ada, "two")
    clock.forward(hours=1)
    await say(core, ada, "three")
    bob = await inside(connect, await join(core))
    clock.forward(hours=22, minutes=59, seconds=59.999)
    await expiry.publish(core)
    assert await told(bob) == []
    clock.forward(milliseconds=1)
    await expiry.publish(core)
    await expiry.publish(core)
    assert await told(bob) == [{"stream": ROOM, "expiredUpTo": 2}]
    clock.forward(hours=1)
    await expiry.publish(core)
    assert await told(bob) == [{"stream": ROOM, "expiredUpTo": 3}]


async def test_very_many_messages_that_expire_together_are_told_in_one_event(
    core: Core, connect: Connect, clock: Clock
) -> None:
    """However many they are."""
    bob, expiry = await inside(connect, await join(core)), Expiry(clock())
    end = clock() + timedelta(hours=24)
    await core.db["messages"].insert_many([{"stream": ROOM, "seq": n, "expires": end} for n in range(1, 2502)])
    clock.forward(hours=24)
    await expiry.publish(core)
    assert await told(bob) == [{"stream": ROOM, "expiredUpTo": 2501}]


async def test_each_room_is_told_of_its_own_messages(core: Core, connect: Connect, clock: Clock) -> None:
    """Messages of several rooms that expire together are told to each of them."""
    ada, expiry = await join(core), Expiry(clock())
    for stream, times in ((ROOM, 1), (DAY, 2), (YEAR, 3)):
        for _ in range(times):
            await say(core, ada, "x", stream=stream)
    bob = await inside(connect, await join(core), DATE, "05-17", "1990")
    clock.forward(days=2)
    await expiry.publish(core)
    assert {change["stream"]: change["expiredUpTo"] for change in await told(bob)} == {ROOM: 1, DAY: 2, YEAR: 3}


async def test_what_expired_while_nobody_was_there_is_not_told_later(
    core: Core, connect: Connect, clock: Clock
) -> None:
    """Who enters afterwards has never seen it."""
    ada, expiry = await join(core), Expiry(clock())
    await say(core, ada)
    clock.forward(days=1)
    await expiry.publish(core)
    bob = await inside(connect, await join(core))
    await expiry.publish(core)
    assert await told(bob) == []


async def test_a_message_is_told_of_after_a_round_in_which_the_database_failed(
    core: Core, connect: Connect, clock: Clock
) -> None:
    """A round that fails leaves its span to the next one."""
    ada, expiry = await join(core), Expiry(clock())
    await say(core, ada)
    bob = await inside(connect, await join(core))
    clock.forward(days=1)
    failing = replace(core, db=Failing())
    with pytest.raises(ConnectionError):
        await expiry.publish(failing)
    await expiry.publish(core)
    assert await told(bob) == [{"stream": ROOM, "expiredUpTo": 1}]


class Failing:
    """A database that cannot be reached."""

    def __getitem__(self, name: str) -> Any:
        raise ConnectionError(name)
