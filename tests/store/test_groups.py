"""Groups in the store: every change of who takes part is one step, however many come at once."""

import asyncio

from konektor.core import Core
from konektor.store import conversations, groups
from konektor.store.conversations import Conversation
from konektor.store.ids import Id, new_id

STREAM = "g:00000000000000000000000a"


async def make(core: Core, count: int = 3) -> list[Id]:
    """A group of so many, the first of whom owns it."""
    members = [new_id() for _ in range(count)]
    await groups.create(core.db, STREAM, "May", members)
    return members


async def now(core: Core) -> Conversation:
    """The group as it is."""
    return (await conversations.get(core.db, [STREAM]))[STREAM]


async def test_a_group_is_made_once(core: Core) -> None:
    """Whoever makes it again, at once or later, gets the one that is there."""
    members = [new_id(), new_id()]
    made = await asyncio.gather(*(groups.create(core.db, STREAM, "May", members) for _ in range(6)))
    again = await groups.create(core.db, STREAM, "June", [new_id()])
    assert all(one == again for one in made)
    assert (again["name"], again["owner"], again["users"], again["hint"]) == ("May", members[0], members, 0)


async def test_parallel_changes_all_take_effect(core: Core) -> None:
    """Of many who are added, removed and leave at once, exactly those are left who should be, each once."""
    owner, *others = await make(core, 5)
    fresh = [new_id() for _ in range(6)]
    changed = await asyncio.gather(
        *(groups.add(core.db, STREAM, owner, member, 50, new_id()) for member in (*fresh, *fresh)),
        *(groups.remove(core.db, STREAM, member, new_id(), owner=owner) for member in others[:2]),
        *(groups.remove(core.db, STREAM, member, new_id()) for member in others[2:] * 2),
    )
    assert sum(one is not None for one in changed) == 6 + 2 + 2
    left = await now(core)
    assert left["users"][0] == owner
    assert sorted(left["users"]) == sorted([owner, *fresh])
    assert left["since"].keys() == {str(member) for member in fresh}


async def test_a_group_has_at_most_so_many(core: Core) -> None:
    """However many are added at the same moment."""
    owner, _ = await make(core, 2)
    added = await asyncio.gather(*(groups.add(core.db, STREAM, owner, new_id(), 5, new_id()) for _ in range(8)))
    assert sum(one is not None for one in added) == 3
    assert len((await now(core))["users"]) == 5


async def test_only_one_who_takes_part_adds_only_one_who_does_not(core: Core) -> None:
    """Anything else changes nothing."""
    owner, other = await make(core, 2)
    before = await now(core)
    assert await groups.add(core.db, STREAM, new_id(), new_id(), 50, new_id()) is None
    assert await groups.add(core.db, STREAM, owner, other, 50, new_id()) is None
    assert await groups.remove(core.db, STREAM, new_id(), new_id()) is None
    assert await groups.remove(core.db, STREAM, owner, new_id(), owner=other) is None
    assert await groups.rename(core.db, STREAM, other, "x") is None
    assert await now(core) == before
    renamed = await groups.rename(core.db, STREAM, owner, "$name")
    assert renamed
    assert renamed["name"] == "$name"


async def test_whoever_is_added_begins_behind_what_is_about_to_be_stored(core: Core) -> None:
    """And one who comes back begins anew."""
    owner, other = await make(core, 2)
    for hint in (4, 9):
        await conversations.touch_group(core.db, STREAM, hint, {owner})
        added = await groups.add(core.db, STREAM, owner, fresh := new_id(), 50, new_id())
        assert added
        assert added["since"][str(fresh)] == hint
    await groups.remove(core.db, STREAM, other, new_id())
    back = await groups.add(core.db, STREAM, owner, other, 50, new_id())
    assert back
    assert (back["since"][str(other)], back["users"][-1]) == (9, other)


async def test_members_are_shown_a_message_that_came_after_them(core: Core) -> None:
    """Unless they were added anew since it was seen behind which seq they begin."""
    owner, _ = await make(core, 2)
    members = [new_id(), new_id()]
    await conversations.touch_group(core.db, STREAM, 9, {owner})
    for member in members:
        await groups.add(core.db, STREAM, owner, member, 50, new_id())
    await groups.show_from(core.db, STREAM, 5, {str(members[0]): 9, str(members[1]): 8, str(new_id()): 9})
    assert (await now(core))["since"] == {str(members[0]): 4, str(members[1]): 9}


async def test_whoever_has_been_in_longest_inherits_until_nobody_is_left(core: Core) -> None:
    """Only a group that is empty ends; the last changes are remembered."""
    members, ops = await make(core, 3), [new_id() for _ in range(3)]
    for leaving, op, heirs in zip(members, ops, [members[1:], members[2:], []], strict=True):
        assert not await groups.end(core.db, STREAM)
        changed = await groups.remove(core.db, STREAM, leaving, op)
        assert changed
        assert changed["users"] == heirs
        assert heirs == [] or changed["owner"] == heirs[0]
    assert (await now(core))["done"] == ops
    assert await groups.end(core.db, STREAM)
    assert not await groups.end(core.db, STREAM)


async def test_the_groups_of_a_member_are_counted(core: Core) -> None:
    """Up to a number; direct conversations are none."""
    member = new_id()
    for _ in range(3):
        await groups.create(core.db, f"g:{new_id()}", "x", [member, new_id()])
    await conversations.begin(core.db, f"d:{new_id()}", [member, new_id()])
    assert [await groups.count(core.db, member, most) for most in (2, 9)] == [2, 3]
    assert await groups.count(core.db, new_id(), 9) == 0


async def test_the_last_changes_are_remembered(core: Core) -> None:
    """So many, the oldest are dropped first."""
    owner, _ = await make(core, 2)
    ops = [new_id() for _ in range(groups.REMEMBERED + 2)]
    for op in ops:
        await groups.add(core.db, STREAM, owner, new_id(), 50, op)
    assert (await now(core))["done"] == ops[2:]
