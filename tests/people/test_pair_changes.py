"""Changes of pairs: nobody's step is lost when several change one pair at once."""

import asyncio

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import pair_changes, pair_index, pairing
from konektor.people.pairing import Step
from konektor.store import pairs
from konektor.store.ids import new_id
from konektor.store.pairs import Pair


async def test_steps_of_both_at_once_are_both_made(core: Core) -> None:
    """Forty blocks and swipes on one pair, from parallel calls and in one batch."""
    one, two = new_id(), new_id()
    for _ in range(10):
        await asyncio.gather(
            pair_changes.change(core, one, two, lambda pair: pairing.block(pair, Step(one, new_id(), core.now()))),
            pair_changes.change(core, two, one, lambda pair: pairing.block(pair, Step(two, new_id(), core.now()))),
        )
        before, after = await pair_changes.change(
            core, one, two, lambda pair: pairing.unblock(pair, Step(one, new_id(), core.now()))
        )
        assert pairing.blocks(before, two)
        assert not pairing.blocks(after, one)
        assert pairing.blocks(after, two)


async def test_a_step_that_changes_nothing_writes_nothing(core: Core) -> None:
    """The pair stays as it is, or away."""
    one, two = new_id(), new_id()
    before, after = await pair_changes.change(core, one, two, lambda pair: pair)
    assert before is after
    assert await pairs.get(core.db, [pairs.key(one, two)]) == {}


async def test_a_refused_step_leaves_the_others(core: Core) -> None:
    """In one batch, on one pair and on others."""
    one, two, three = new_id(), new_id(), new_id()
    steps = [
        (pairs.key(one, two), lambda pair: pairing.block(pair, Step(one, new_id(), core.now()))),
        (pairs.key(one, two), lambda pair: pairing.swipe(pair, Step(two, new_id(), core.now()), "right")),
        (pairs.key(one, three), lambda pair: pairing.swipe(pair, Step(three, new_id(), core.now()), "right")),
    ]
    first, second, third = await pair_changes.change_all(core, steps)
    assert isinstance(second, Refused)
    assert not isinstance(first, Refused)
    assert not isinstance(third, Refused)
    stored = await pairs.get(core.db, [pairs.key(one, two), pairs.key(one, three)])
    assert [pairing.is_blocked(pair) for pair in (stored[pairs.key(one, two)], stored[pairs.key(one, three)])] == [
        True, False,
    ]  # fmt: skip
    with pytest.raises(Refused, match="no such member"):
        await pair_changes.change(
            core, two, one, lambda pair: pairing.swipe(pair, Step(two, new_id(), core.now()), "right")
        )


async def test_a_pair_that_cannot_be_stored_refuses_its_own_steps_alone(core: Core) -> None:
    """The others of the batch are made and told."""
    one, two, three = new_id(), new_id(), new_id()
    stuck = pairs.key(one, two)
    other = pairing.swipe(pairs.empty(pairs.key(one, three)), Step(one, new_id(), core.now()), "right")
    await pairs.replace(core.db, [pair_index.indexed(other)])

    def with_request_of_another(pair: Pair) -> Pair:
        return {**pair, "request": other["request"]}

    refused, made = await pair_changes.change_all(
        core,
        [
            (stuck, with_request_of_another),
            (pairs.key(two, three), lambda pair: pairing.block(pair, Step(two, new_id(), core.now()))),
        ],
    )
    assert isinstance(refused, Refused)
    assert refused.code == "UNAVAILABLE"
    assert not isinstance(made, Refused)
    assert stuck not in await pairs.get(core.db, [stuck, pairs.key(two, three)])
