"""Conversations in the store: beginning one, noting what is about to be said, and listing those of a member."""

import asyncio
from datetime import UTC, datetime, timedelta

from konektor.core import Core
from konektor.store import conversations, groups
from konektor.store.ids import Id, new_id


async def began(core: Core, member: Id, count: int) -> list[str]:
    """So many direct conversations of the member, each a little later than the one before."""
    names = [f"d:{new_id()}" for _ in range(count)]
    for name in names:
        await conversations.begin(core.db, name, [member, new_id()])
    return names


async def set_time(core: Core, names: list[str], at: datetime) -> None:
    """Something was said in all of them at that moment."""
    await core.db["conversations"].update_many({"_id": {"$in": names}}, {"$set": {"at": at}})


async def test_beginning_keeps_what_is_there(core: Core) -> None:
    """Begun by many at once there is one, and what was said in it is not forgotten."""
    stream, users = f"d:{new_id()}", [new_id(), new_id()]
    await asyncio.gather(*(conversations.begin(core.db, stream, users) for _ in range(8)))
    await conversations.touch(core.db, {stream: 4}, {stream: users})
    before = await conversations.get(core.db, [stream, "d:unknown"])
    await conversations.begin(core.db, stream, [new_id(), new_id()])
    assert await conversations.get(core.db, [stream]) == before
    assert {name: before[stream][name] for name in ("kind", "users", "hint")} == {
        "kind": "d",
        "users": users,
        "hint": 4,
    }  # type: ignore[literal-required]


async def test_a_hint_never_moves_back(core: Core) -> None:
    """Whatever order messages are noted in, and whoever begins the conversation with them."""
    one, two, users = f"d:{new_id()}", f"d:{new_id()}", [new_id(), new_id()]
    to = {one: users, two: users}
    await asyncio.gather(*(conversations.touch(core.db, {one: seq, two: 1}, to) for seq in (3, 9, 1, 5)))
    found = await conversations.get(core.db, [one, two])
    assert {name: (item["hint"], item["users"]) for name, item in found.items()} == {one: (9, users), two: (1, users)}
    group = f"g:{new_id()}"
    await groups.create(core.db, group, "x", users)
    for seq in (7, 2):
        assert await conversations.touch_group(core.db, group, seq, {new_id(), users[0]}) == (users, {})
    assert (await conversations.get(core.db, [group]))[group]["hint"] == 7
    assert await core.db["conversations"].count_documents({}) == 3


async def test_only_members_are_about_to_say_something_in_a_group(core: Core) -> None:
    """Otherwise neither its hint nor its time moves, and no group begins."""
    group, users = f"g:{new_id()}", [new_id(), new_id()]
    await groups.create(core.db, group, "x", users)
    before = await conversations.get(core.db, [group])
    assert await conversations.touch_group(core.db, group, 9, {new_id()}) is None
    assert await conversations.touch_group(core.db, f"g:{new_id()}", 1, users) is None
    assert (await conversations.get(core.db, [group]), await core.db["conversations"].count_documents({})) == (
        before,
        1,
    )


async def test_a_list_has_each_once_also_at_equal_times(core: Core) -> None:
    """The newest first; pages have neither a repeat nor a gap, and other kinds and members are left out."""
    ada, at = new_id(), datetime(2026, 5, 17, tzinfo=UTC)
    names = await began(core, ada, 7)
    await set_time(core, names[:5], at)
    await set_time(core, names[5:], at + timedelta(milliseconds=1))
    group = f"g:{new_id()}"
    await groups.create(core.db, group, "x", [ada])
    await began(core, new_id(), 2)
    seen: list[str] = []
    position = None
    while page := await conversations.of_member(core.db, ada, ["d"], position, 2):
        seen += [item["_id"] for item in page]
        position = page[-1]["at"], page[-1]["_id"]
    assert seen == sorted(names[5:], reverse=True) + sorted(names[:5], reverse=True)
    both = await conversations.of_member(core.db, ada, ["d", "g"], None, 50)
    assert [item["_id"] for item in both] == [group, *seen]


async def test_what_was_said_lately_is_found(core: Core) -> None:
    """From a moment on, that one included, the longest ago first; and when the newest was."""
    assert await conversations.newest(core.db) is None
    names, at = await began(core, new_id(), 3), datetime(2026, 5, 17, tzinfo=UTC)
    for place, name in enumerate(names):
        await set_time(core, [name], at + timedelta(seconds=place))
    assert await conversations.newest(core.db) == at + timedelta(seconds=2)
    found = await conversations.touched(core.db, at + timedelta(seconds=1), 10)
    assert [item["_id"] for item in found] == names[1:]
    assert [item["_id"] for item in await conversations.touched(core.db, at, 1)] == names[:1]


async def test_a_raised_hint_keeps_the_place_of_the_conversation(core: Core) -> None:
    """By as many messages as are about to be stored; one that does not exist is not made."""
    names, users = ["d:1", "d:2", "d:3"], [new_id(), new_id()]
    await conversations.touch(core.db, dict.fromkeys(names, 4), dict.fromkeys(names, users))
    before = await conversations.get(core.db, names)
    await conversations.raise_hints(core.db, {"d:1": 1, "d:2": 3, "d:3": 1, "d:4": 1})
    found = await conversations.get(core.db, [*names, "d:4"])
    assert found == {name: {**before[name], "hint": hint} for name, hint in zip(names, (5, 7, 5), strict=True)}
