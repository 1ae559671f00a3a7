"""Unread: counts beside counting one by one, the same on all devices."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.store import groups, marks
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import changes, conversations, unread
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import ROOM, bodies, say, second_server, stored
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]


async def test_counts_are_those_of_counting_one_by_one(core: Core, clock: Clock) -> None:
    """Whoever says and deletes what, whenever it expires, and wherever the mark is."""
    people = [await join(core) for _ in range(3)]
    for _ in range(60):
        clock.forward(minutes=random.randint(1, 90))
        author = random.choice(people)
        sent = await say(core, author)
        if random.random() < 0.3:
            await changes.delete(core, author.caller, sent.message.id)
    assert len(await bodies(core)) == 60
    for caller in (one.caller for one in people):
        for _ in range(5):
            mark = random.randint(0, 60)
            await marks.advance(core.db, caller.member, ROOM, mark)
            reached = (await marks.get(core.db, caller.member, [ROOM]))[ROOM]
            left = [
                doc
                for doc in await stored(core)
                if doc["seq"] > reached
                and doc["from"] != caller.member
                and not doc.get("deleted")
                and doc["at"] + timedelta(hours=24) > clock()
            ]
            assert await unread.unread_of(core, caller, [ROOM]) == {ROOM: len(left)}


async def test_all_devices_have_the_same_count(core: Core, connect: Connect) -> None:
    """Those that were connected hear of what is read on another, those that come later are told; it is the server's."""
    ada, bob = await join(core), await join(core)
    stream = await befriend(core, ada, bob)
    devices = [await connect(bob) for _ in range(2)]
    for server in (core, second_server(core), core):
        await say(server, ada, stream=stream)
    await say(core, bob, stream=stream)
    assert await devices[0].ask("message:read", {"stream": stream, "seq": 2}) == {"unread": 1}
    await until(lambda: devices[1].received("unread:changed"))
    assert devices[1].received("unread:changed") == [{"stream": stream, "unread": 1, "upTo": 2}]
    devices.append(await connect(bob))
    for device in devices:
        hello = await device.ask("session:hello")
        assert hello["unread"][stream] == 1
        [item] = (await device.ask("dm:list"))["items"]
        assert (item["unread"], item["readUpTo"]) == (1, 2)
    assert devices[0].received("unread:changed") == []


async def test_own_messages_are_never_unread(core: Core) -> None:
    """Whatever others read of them, and in whatever kind of conversation."""
    ada, bob = await join(core), await join(core)
    stream, group = await befriend(core, ada, bob), f"g:{new_id()}"
    await groups.create(core.db, group, "May", [ada.caller.member, bob.caller.member])
    for name in (stream, group, ROOM):
        for author in (ada, bob, ada):
            await say(core, author, stream=name)
    counts = [await unread.unread_of(core, member.caller, [stream, group, ROOM]) for member in (ada, bob)]
    assert counts == [{stream: 1, group: 1, ROOM: 1}, {stream: 2, group: 2, ROOM: 2}]
    assert await conversations.unread(core, bob.caller) == {stream: 2, group: 2}


async def test_a_read_mark_is_moved_by_whoever_takes_part_and_not_beyond_the_end(core: Core) -> None:
    """So that what is said later is unread; others are refused, whatever they name."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    stream = await befriend(core, ada, bob)
    await say(core, ada, stream=stream)
    assert await unread.read(core, bob.caller, Stream(stream), 900) == 0
    await say(core, ada, stream=stream)
    assert await conversations.unread(core, bob.caller) == {stream: 1}
    for name in (stream, f"d:{new_id()}", f"g:{new_id()}"):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await unread.read(core, eve.caller, Stream(name), 1)
    assert await marks.get(core.db, eve.caller.member, [stream]) == {}
