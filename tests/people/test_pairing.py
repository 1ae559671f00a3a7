"""Pairing: what two members are to each other, after every order of steps."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from konektor.errors import Refused
from konektor.people import pair_index, pairing
from konektor.people.pairing import Step
from konektor.store import pairs
from konektor.store.ids import Id, new_id
from konektor.store.pairs import Pair

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
ADA, BOB = new_id(), new_id()
STEPS = {
    "right": lambda pair, step: pairing.swipe(pair, step, "right"),
    "left": lambda pair, step: pairing.swipe(pair, step, "left"),
    "accept": pairing.accept,
    "decline": pairing.decline,
    "cancel": pairing.cancel,
    "part": pairing.part,
    "block": pairing.block,
    "unblock": pairing.unblock,
}


def step(member: Id, at: datetime = NOW) -> Step:
    """A new step of a member."""
    return Step(member, new_id(), at)


def after(*done: str) -> Pair:
    """The pair after steps such as `ada right`."""
    pair = pairs.empty(pairs.key(ADA, BOB))
    for text in done:
        who, what = text.split()
        pair = STEPS[what](pair, step(ADA if who == "ada" else BOB))
    return pair


def relations(pair: Pair) -> tuple[str, str]:
    """What Bob is to Ada, and Ada to Bob."""
    return pairing.relation(pair, ADA), pairing.relation(pair, BOB)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ([], ("none", "none")),
        (["ada right"], ("requested", "pending")),
        (["ada left"], ("none", "none")),
        (["ada left", "bob right"], ("pending", "requested")),
        (["ada right", "bob left"], ("requested", "none")),
        (["ada right", "bob decline"], ("requested", "none")),
        (["ada right", "bob decline", "bob right"], ("friend", "friend")),
        (["ada right", "bob right"], ("friend", "friend")),
        (["ada right", "bob accept"], ("friend", "friend")),
        (["ada right", "ada cancel"], ("none", "none")),
        (["ada right", "bob accept", "ada part"], ("none", "none")),
        (["ada right", "bob accept", "ada part", "bob right"], ("pending", "requested")),
        (["ada right", "bob block"], ("blocked", "blocked")),
        (["ada right", "bob block", "bob unblock"], ("none", "none")),
        (["ada block", "bob block", "bob unblock"], ("blocked", "blocked")),
        (["ada right", "bob accept", "ada block", "ada unblock"], ("none", "none")),
    ],
)
def test_what_two_members_become(done: list[str], expected: tuple[str, str]) -> None:
    """A decline looks like a request without an answer to whoever asked."""
    assert relations(after(*done)) == expected


@pytest.mark.parametrize(
    ("done", "refused", "code"),
    [
        (["ada block"], "bob right", "NOT_FOUND"),
        (["ada block"], "ada right", "NOT_FOUND"),
        ([], "ada accept", "NOT_FOUND"),
        (["ada right"], "ada accept", "NOT_FOUND"),
        (["ada right", "bob decline"], "bob decline", "NOT_FOUND"),
        (["ada right", "bob accept"], "bob decline", "CONFLICT"),
        (["ada right", "bob accept"], "ada cancel", "CONFLICT"),
        (["ada right"], "bob cancel", "NOT_FOUND"),
        (["ada right"], "ada part", "NOT_FOUND"),
        (["ada right", "bob accept", "bob block"], "ada part", "NOT_FOUND"),
    ],
)
def test_steps_that_are_refused(done: list[str], refused: str, code: str) -> None:
    """With a code that says nothing about blocks."""
    with pytest.raises(Refused) as caught:
        after(*done, refused)
    assert caught.value.code == code


def test_an_undo_takes_back_one_swipe() -> None:
    """A request is gone, a decline is open again; friends stay friends, and an older swipe cannot be taken back."""
    asked = step(ADA)
    pair = pairing.swipe(after(), asked, "right")
    assert relations(pairing.undo(pair, asked)) == ("none", "none")
    assert pairing.is_new_to(pairing.undo(pair, asked), ADA, NOW)
    declined = step(BOB)
    assert relations(pairing.undo(pairing.swipe(pair, declined, "left"), declined)) == ("requested", "pending")
    with pytest.raises(Refused, match="friends by now"):
        pairing.undo(pairing.accept(pair, step(BOB)), asked)
    with pytest.raises(Refused, match="nothing to undo"):
        pairing.undo(pair, declined)


def test_a_swipe_is_made_once() -> None:
    """Its repeat changes nothing, whatever happened meanwhile."""
    asked = step(ADA)
    pair = pairing.swipe(after(), asked, "right")
    assert pairing.swipe(pair, asked, "right") is pair
    cancelled = pairing.cancel(pair, step(ADA))
    assert pairing.swipe(cancelled, asked, "right") is cancelled
    assert pairing.status(pair, asked) == "pending"
    friends = pairing.swipe(pair, step(BOB), "right")
    assert (pairing.status(friends, asked), pairing.status(friends, step(ADA))) == ("pending", "matched")


def test_a_decline_lasts_for_ninety_days() -> None:
    """Whoever asks again, after cancelling or undoing, hears nothing else, and the other is not asked again."""
    for how in ("decline", "left"):
        again = after("ada right", f"bob {how}", "ada cancel", "ada right")
        assert relations(again) == ("requested", "none")
        assert relations(STEPS["right"](again, step(BOB))) == ("friend", "friend")
        later = STEPS["right"](after("ada right", f"bob {how}", "ada cancel"), step(ADA, NOW + timedelta(days=90)))
        assert relations(later) == ("requested", "pending")
    assert relations(after("bob left", "ada right")) == ("requested", "pending")


def test_a_decline_that_is_undone_is_none() -> None:
    """The request is back, and so is a new one."""
    declined = step(BOB)
    undone = pairing.undo(pairing.swipe(after("ada right"), declined, "left"), declined)
    assert relations(pairing.swipe(pairing.cancel(undone, step(ADA)), step(ADA), "right")) == ("requested", "pending")


def test_a_cid_that_is_used_again_later_is_another_swipe() -> None:
    """A client that counts its requests uses the same ones again; the request is a new one."""
    first = Step(ADA, new_id(), NOW, new_id())
    pair = pairing.cancel(pairing.swipe(after(), first, "right"), step(ADA))
    assert pairing.swipe(pair, first, "right") is pair
    later = Step(ADA, first.op, datetime.now(UTC) + timedelta(days=3), new_id())
    asked = pairing.swipe(pair, later, "right").get("request")
    assert asked
    assert asked["_id"] == later.payment


def test_whom_discovery_shows() -> None:
    """Not who was swiped or asked, not friends of now or before; left comes back after 90 days to the millisecond."""
    left = after("ada left")
    assert pairing.is_new_to(None, ADA, NOW)
    assert not pairing.is_new_to(left, ADA, NOW + timedelta(days=90, milliseconds=-1))
    assert pairing.is_new_to(left, ADA, NOW + timedelta(days=90))
    assert pairing.is_new_to(left, BOB, NOW)
    for done in (
        ["ada right"],
        ["bob right"],
        ["ada block"],
        ["ada right", "bob right"],
        ["ada right", "bob right", "ada part"],
    ):
        assert not pairing.is_new_to(after(*done), ADA, NOW)


def test_every_order_of_steps_leaves_a_pair_that_makes_sense() -> None:
    """Never friends and a request at once, never anything between two who block each other, and indexes that agree."""
    chance = random.Random(17)
    for _ in range(400):
        pair = after()
        for _ in range(12):
            who, what = chance.choice([ADA, BOB]), chance.choice(sorted(STEPS))
            try:
                pair = STEPS[what](pair, step(who))
            except Refused:
                continue
        stored = pair_index.indexed(pair)
        relation, request = relations(pair), pair.get("request")
        assert stored["rev"] == 1
        assert not (pairing.are_friends(pair) and request)
        assert ("blocked" in stored) == (relation == ("blocked", "blocked"))
        assert ("friends" in stored) == (relation == ("friend", "friend"))
        assert not pairing.is_blocked(pair) or {"request", "since", "returns"}.isdisjoint(stored)
        assert (stored.get("inbox"), stored.get("outbox")) == (
            (None, None) if not request
            else (None if request.get("declined") else pairs.other(pair, request["by"]), request["by"])
        )  # fmt: skip
        assert pairing.is_blocked(pair) or "stream" in pair or "friends" not in stored
