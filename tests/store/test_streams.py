"""Streams in the store: their members, their heads, and how they follow their messages."""

import asyncio

from konektor.core import Core
from konektor.store import streams
from konektor.store.ids import new_id
from tests.conftest import join
from tests.support.message_helpers import ROOM, say, settled


async def test_a_member_is_counted_into_a_room_once(core: Core) -> None:
    """However often the step is repeated, and however many come at once."""
    people = [new_id() for _ in range(20)]
    await streams.make(core.db, ["r:1950"])
    await asyncio.gather(*(streams.add_member(core.db, ["r:1950"], member) for member in people * 3))
    await streams.make(core.db, ["r:1950", "r:1951"])
    await streams.add_members(core.db, {"r:1951": 4})
    found = await streams.get(core.db, ["r:1950", "r:1951", "r:1952"])
    assert {name: head["members"] for name, head in found.items()} == {"r:1950": 20, "r:1951": 4}


async def test_the_head_is_that_of_the_newest_message(core: Core) -> None:
    """Of what the stream was told when its messages are gone; 0 where nothing was ever said."""
    member = await join(core)
    for _ in range(3):
        await say(core, member)
    assert await streams.heads(core.db, [ROOM, "r:1990", "r:none"]) == {ROOM: 3, "r:1990": 0, "r:none": 0}
    await settled(core)
    await core.db["messages"].delete_many({})
    assert await streams.head(core.db, ROOM) == 3


async def test_a_stream_follows_its_newest_message_and_never_back(core: Core) -> None:
    """Also one that did not exist; its members stay as they are."""
    await streams.make(core.db, ["r:1950"])
    await streams.add_member(core.db, ["r:1950"], new_id())
    await asyncio.gather(*(streams.advance(core.db, {"r:1950": seq, "r:1951": 2}) for seq in (3, 9, 1, 5)))
    assert await streams.heads(core.db, ["r:1950", "r:1951"]) == {"r:1950": 9, "r:1951": 2}
    found = await streams.get(core.db, ["r:1950", "r:1951"])
    assert [found[name]["members"] for name in ("r:1950", "r:1951")] == [1, 0]


async def test_making_a_room_again_leaves_it_as_it_is(core: Core) -> None:
    """Ten at once make one; its members and its seq stay."""
    await asyncio.gather(*(streams.make(core.db, ["r:1950"]) for _ in range(10)))
    await streams.add_member(core.db, ["r:1950"], new_id())
    await streams.advance(core.db, {"r:1950": 7})
    await streams.make(core.db, ["r:1950"])
    assert await core.db["streams"].count_documents({}) == 1
    assert (await streams.get(core.db, ["r:1950"]))["r:1950"]["members"] == 1
    assert await streams.known_heads(core.db, ["r:1950", "r:1951"]) == {"r:1950": 7}


async def test_a_stream_remembers_the_last_who_came_in(core: Core) -> None:
    """So many of them that a step that is repeated finds its member, and no more, so that the document stays small."""
    await streams.make(core.db, ["r:1950"])
    people = [new_id() for _ in range(streams.RECENT_MEMBERS + 5)]
    for member in people:
        await streams.add_member(core.db, ["r:1950"], member)
    found = await core.db["streams"].find_one({"_id": "r:1950"})
    assert (found["joined"], found["members"]) == (people[5:], len(people))
