"""Pairs in the store: one document for two members, which is replaced only by who has read its last state."""

import asyncio

import pytest
from pymongo.errors import BulkWriteError

from konektor.core import Core
from konektor.people import pair_index, pairing
from konektor.people.pairing import Step
from konektor.store import pairs, ties
from konektor.store.ids import Id, new_id
from konektor.store.pairs import Pair
from konektor.store.ties import Ties


def friends(core: Core, one: Id, two: Id) -> Pair:
    """Two who asked each other."""
    asked = pairing.swipe(pairs.empty(pairs.key(one, two)), Step(one, new_id(), core.now()), "right")
    return pairing.swipe(asked, Step(two, new_id(), core.now()), "right")


def test_a_pair_is_the_same_from_both_sides() -> None:
    """Its key does not depend on who comes first, and has both."""
    one, two = new_id(), new_id()
    pair = pairs.empty(pairs.key(two, one))
    assert pair["_id"] == pairs.key(one, two)
    assert pairs.members(pair) == sorted([one, two])
    assert (pairs.other(pair, one), pairs.other(pair, two)) == (two, one)


async def test_of_many_who_change_a_pair_at_once_one_does(core: Core) -> None:
    """Whether it exists already or not; the others learn that they were too late."""
    pair = pairs.empty(pairs.key(new_id(), new_id()))
    for _ in range(3):
        next_one = pair_index.indexed(pair)
        lost = await asyncio.gather(*(pairs.replace(core.db, [next_one]) for _ in range(8)))
        assert sorted(map(len, lost)) == [0] + [1] * 7
        pair = next_one
    assert (await pairs.get(core.db, [pair["_id"]]))[pair["_id"]]["rev"] == 3


async def test_of_several_pairs_those_that_are_outdated_are_named(core: Core) -> None:
    """The others are stored."""
    made = [pair_index.indexed(pairs.empty(pairs.key(new_id(), new_id()))) for _ in range(5)]
    assert await pairs.replace(core.db, made) == set()
    later = [pair_index.indexed(pair) for pair in made]
    assert await pairs.replace(core.db, [made[0], later[1], made[2], later[3]]) == {made[0]["_id"], made[2]["_id"]}
    stored = await pairs.get(core.db, [pair["_id"] for pair in made])
    assert [stored[pair["_id"]]["rev"] for pair in made] == [1, 2, 1, 2, 1]


async def test_a_failure_of_the_database_is_no_conflict(core: Core) -> None:
    """It is raised, or a swipe would be tried again and again."""
    made = [pair_index.indexed(pairs.empty(pairs.key(new_id(), new_id()))) for _ in range(2)]
    await core.db.command("collMod", "pairs", validator={"rev": {"$lt": 1}})  # type: ignore[attr-defined]
    with pytest.raises(BulkWriteError):
        await pairs.replace(core.db, made)


async def test_lists_are_of_the_member_alone(core: Core) -> None:
    """Friends, requests in both boxes, which come in pages, and blocks."""
    ada, *others = [new_id() for _ in range(7)]
    tied = [pair_index.indexed(friends(core, ada, other)) for other in others[:3]]
    await pairs.replace(core.db, tied)
    await pairs.replace(core.db, [pair_index.indexed(friends(core, others[0], others[1]))])
    blocked = pairing.block(friends(core, ada, others[3]), Step(others[3], new_id(), core.now()))
    asked = pairing.swipe(pairs.empty(pairs.key(ada, others[4])), Step(others[4], new_id(), core.now()), "right")
    await pairs.replace(core.db, [pair_index.indexed(blocked), pair_index.indexed(asked)])
    assert await ties.get(core.db, ada) == Ties(frozenset(others[:3]), frozenset([others[3]]))
    assert await ties.get(core.db, others[3]) == Ties(frozenset(), frozenset([ada]))
    assert [pairs.other(pair, ada) for pair in await pairs.requests(core.db, ada, "inbox", None, 9)] == [others[4]]
    assert await pairs.requests(core.db, ada, "outbox", None, 9) == []
    [out] = await pairs.requests(core.db, others[4], "outbox", None, 9)
    assert await pairs.requests(core.db, others[4], "outbox", out["request"]["_id"], 9) == []
    assert await pairs.by_request(core.db, out["request"]["_id"]) == out
    assert await pairs.by_request(core.db, new_id()) is None
    assert await pairs.by_stream(core.db, tied[0]["stream"]) == tied[0]


async def test_who_was_swiped_left_returns_after_ninety_days(core: Core) -> None:
    """To whoever swiped, not to the other."""
    one, two, now = new_id(), new_id(), core.now()
    left = pairing.swipe(pairs.empty(pairs.key(one, two)), Step(one, new_id(), now), "left")
    await pairs.replace(core.db, [pair_index.indexed(left)])
    assert await pairs.returning(core.db, one, now, 9) == []
    assert len(await pairs.returning(core.db, one, now + pairing.BACK, 9)) == 1
    assert await pairs.returning(core.db, two, now + pairing.BACK, 9) == []
