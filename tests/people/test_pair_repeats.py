"""Repeats of swipes: what a pair still knows of them."""

from datetime import UTC, datetime, timedelta

from konektor.people import pair_repeats, pairing
from konektor.people.pairing import Step
from konektor.store import pairs
from konektor.store.ids import new_id

NOW = datetime.now(UTC)


def test_the_last_swipes_are_known_for_two_days() -> None:
    """By op and by payment; an op without a payment always, since it is used once."""
    ada, bob, paid, unpaid = new_id(), new_id(), Step(new_id(), new_id(), NOW, new_id()), new_id()
    step = Step(ada, paid.op, NOW, paid.payment)
    pair = pairing.swipe(pairs.empty(pairs.key(ada, bob)), step, "left")
    pair = pairing.swipe(pair, Step(bob, unpaid, NOW), "left")
    assert pair_repeats.has_made(pair, ada, step.op, NOW + timedelta(hours=48))
    assert not pair_repeats.has_made(pair, ada, step.op, NOW + timedelta(hours=50))
    assert pair_repeats.has_made(pair, bob, unpaid, NOW + timedelta(days=365))
    assert not pair_repeats.has_made(pair, bob, step.op, NOW)
    assert paid.payment
    assert pair_repeats.was_paid_with(pair, ada, paid.payment)
    assert not pair_repeats.was_paid_with(pair, bob, paid.payment)
    undo = new_id()
    undone = pairing.undo(pair, Step(ada, step.op, NOW, undo))
    assert pair_repeats.was_undone_with(undone, ada, undo)
    assert not pair_repeats.was_undone_with(pair, ada, undo)
