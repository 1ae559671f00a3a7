"""Counts of rooms: for everybody, and without those who are hidden from somebody."""

from collections.abc import Awaitable, Callable

from konektor.core import Core
from konektor.store.ids import new_id
from konektor.talk.counts import NOBODY, Count, Hidden, counts_for, room_counts
from tests.conftest import Client, Member, join

Connect = Callable[[Member], Awaitable[Client]]
LABELS = ["1990-05-17", "1990", "1990-W20"]


async def test_those_who_are_hidden_do_not_count(core: Core, connect: Connect) -> None:
    """In the rooms that they are in, the week room too, and as online if they are; others stay as they are."""
    ada, bob, cy = await join(core), await join(core), await join(core, dob="1990-11-02")
    for member in (ada, bob):
        await connect(member)
    for hidden, expected in (
        (NOBODY, [(2, 2), (3, 2), (2, 2)]),
        (Hidden({bob.caller.member}), [(1, 1), (2, 1), (1, 1)]),
        (Hidden({cy.caller.member}), [(2, 2), (2, 2), (2, 2)]),
        (Hidden({bob.caller.member, cy.caller.member, new_id()}), [(1, 1), (1, 1), (1, 1)]),
    ):
        counts = await room_counts(core, LABELS, hidden)
        assert [counts[label] for label in LABELS] == [Count(*one) for one in expected]


async def test_several_viewers_are_counted_for_at_once(core: Core) -> None:
    """Each with their own, for the rooms that they are in and no other; and a room that nobody is in has nobody."""
    await join(core)
    hidden = Hidden({(await join(core)).caller.member})
    counts = await counts_for(core, {"1990": [NOBODY, hidden], "1970": [NOBODY]})
    assert {pair: count.members for pair, count in counts.items()} == {
        ("1990", NOBODY): 2,
        ("1990", hidden): 1,
        ("1970", NOBODY): 0,
    }
