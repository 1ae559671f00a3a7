"""Pair notices: what the two are noticed of, step by step."""

from konektor.causes import NoticeCause, Noticed, Recounted, Withdrawn
from konektor.people import pairing
from konektor.people.pair_notices import causes
from konektor.people.pairing import Step
from konektor.store import pairs
from konektor.store.ids import new_id
from konektor.store.pairs import Pair
from tests.conftest import Clock

ADA, BOB = new_id(), new_id()
NONE = pairs.empty(pairs.key(ADA, BOB))
NOW = Clock()()


def asked() -> Pair:
    """A request of Ada's to Bob."""
    return pairing.swipe(NONE, Step(ADA, new_id(), NOW), "right")


def of(before: Pair, after: Pair) -> list[NoticeCause]:
    """What both are noticed of."""
    return list(causes(before, after))


def test_whoever_is_asked_is_noticed_until_they_decide() -> None:
    """Accepted, declined, cancelled, undone or blocked: the request's notice is withdrawn."""
    request = asked()
    known = request["request"]["_id"]
    assert of(NONE, request) == [Noticed(BOB, f"request:{known}", "request", {"id": str(known)}, ADA)]
    assert of(request, request) == []
    for after in (
        pairing.accept(request, Step(BOB, new_id(), NOW)),
        pairing.decline(request, Step(BOB, new_id(), NOW)),
        pairing.swipe(request, Step(BOB, new_id(), NOW), "left"),
        pairing.cancel(request, Step(ADA, new_id(), NOW)),
        pairing.block(request, Step(BOB, new_id(), NOW)),
    ):
        assert Withdrawn(BOB, f"request:{known}") in of(request, after)
        assert not [cause for cause in of(request, after) if isinstance(cause, Withdrawn) and cause.member == ADA]


def test_whoever_had_asked_is_noticed_of_the_friendship() -> None:
    """However it was accepted; the other has just decided on it, also seen by whoever finishes a swipe."""
    request = asked()
    for after in (
        pairing.accept(request, Step(BOB, new_id(), NOW)),
        pairing.swipe(request, Step(BOB, new_id(), NOW), "right"),
    ):
        made = Noticed(ADA, f"matched:{after['matched']}", "matched", {"stream": after["stream"]}, BOB)
        assert [cause for cause in of(request, after) if isinstance(cause, Noticed)] == [made]
    assert of(NONE, after) == [made]


def test_a_decline_notices_nobody() -> None:
    """Nor does a request that is declined from the start, or what it leaves."""
    request = asked()
    declined = pairing.decline(request, Step(BOB, new_id(), NOW))
    assert [cause.member for cause in of(request, declined)] == [BOB]
    cancelled = pairing.cancel(declined, Step(ADA, new_id(), NOW))
    assert of(declined, cancelled) == []
    assert of(cancelled, pairing.swipe(cancelled, Step(ADA, new_id(), NOW), "right")) == []


def test_a_block_makes_both_count_anew() -> None:
    """And so does its end; one more block between the two does not."""
    blocked = pairing.block(NONE, Step(ADA, new_id(), NOW))
    both = [Recounted(member, pairs.other(NONE, member)) for member in pairs.members(NONE)]
    assert of(NONE, blocked) == both
    assert of(blocked, pairing.unblock(blocked, Step(ADA, new_id(), NOW))) == both
    assert of(blocked, pairing.block(blocked, Step(BOB, new_id(), NOW))) == []
