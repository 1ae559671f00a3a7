"""Pair events: what each of the two is told of a change, and what the operators note."""

from dataclasses import replace

import pytest

from konektor.core import Core
from konektor.people import pair_events, pairing
from konektor.people.pairing import Step
from konektor.store import pairs
from konektor.store.ids import new_id
from konektor.store.pairs import Pair
from tests.conftest import Member, join


async def friends_of(core: Core) -> tuple[Member, Member, Pair, Pair]:
    """Two members, their pair before, and as friends."""
    one, two = await join(core), await join(core)
    before = pairs.empty(pairs.key(one.caller.member, two.caller.member))
    asked = pairing.swipe(before, Step(one.caller.member, new_id(), core.now()), "right")
    return one, two, asked, pairing.accept(asked, Step(two.caller.member, new_id(), core.now()))


async def test_what_changed_is_seen_from_each_side(core: Core) -> None:
    """A decline by the one who declined alone; a block as the end of what there was."""
    one, two, asked, friends = await friends_of(core)
    ada, bob, now = one.caller.member, two.caller.member, core.now()
    declined = pairing.decline(asked, Step(bob, new_id(), now))
    blocked, closed = (
        pairing.block(friends, Step(bob, new_id(), now)),
        pairing.block(declined, Step(bob, new_id(), now)),
    )
    for before, after, to_ada, to_bob in (
        (pairs.empty(asked["_id"]), asked, "pending", "pending"),
        (asked, friends, "matched", "matched"),
        (asked, declined, None, "declined"),
        (declined, pairing.cancel(declined, Step(ada, new_id(), now)), "cancelled", None),
        (asked, pairing.cancel(asked, Step(ada, new_id(), now)), "cancelled", "cancelled"),
        (friends, pairing.part(friends, Step(ada, new_id(), now)), "removed", "removed"),
        (friends, blocked, "removed", "removed"),
        (declined, closed, "cancelled", None),
        (blocked, pairing.unblock(blocked, Step(bob, new_id(), now)), None, None),
    ):
        assert pair_events.change_of(before, after, ada) == to_ada
        assert pair_events.change_of(before, after, bob) == to_bob


@pytest.mark.parametrize("wanted", [True, False])
async def test_operators_note_a_friendship_once(core: Core, wanted: bool) -> None:
    """However often it is told, if they want to know of it."""
    _, _, asked, friends = await friends_of(core)
    core = replace(core, config=replace(core.config, connection_alerts=wanted))
    for _ in range(2):
        await pair_events.tell(core, [(asked, friends)])
    noted = await core.db["alerts"].find().to_list(None)
    assert [alert["members"] for alert in noted] == ([pairs.members(friends)] if wanted else [])
