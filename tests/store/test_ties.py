"""Ties in the store: friends, and who is hidden whoever of the two blocks the other."""

from konektor.core import Core
from konektor.people import pair_changes, pairing
from konektor.people.pairing import Step
from konektor.store import ties
from konektor.store.ids import new_id
from konektor.store.ties import Ties
from tests.conftest import join
from tests.support.people_helpers import befriend, swipe_right


async def test_a_block_ends_a_friendship_on_both_sides(core: Core) -> None:
    """A request is no tie."""
    ada, bob, eve, tom = [await join(core) for _ in range(4)]
    for friend in (bob, eve):
        await befriend(core, ada, friend)
    await swipe_right(core, tom, ada)
    step = Step(eve.caller.member, new_id(), core.now())
    await pair_changes.change(core, eve.caller.member, ada.caller.member, lambda pair: pairing.block(pair, step))
    friends, hidden = frozenset([bob.caller.member]), frozenset([eve.caller.member])
    assert await ties.get(core.db, ada.caller.member) == Ties(friends=friends, hidden=hidden)
    assert await ties.get(core.db, eve.caller.member) == Ties(frozenset(), frozenset([ada.caller.member]))
    assert await ties.get(core.db, tom.caller.member) == Ties(frozenset(), frozenset())
