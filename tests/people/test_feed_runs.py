"""Feed runs: what is jumped over is what was added, whatever the order."""

import random
from datetime import UTC, datetime, timedelta

from konektor.people.feed_runs import LOWEST, MOST, SHORTEST, Runs
from konektor.store.ids import Id

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
OWNER = Id(b"o" * 12)


def at(number: int) -> Id:
    """An id by its place."""
    return Id((number + 1).to_bytes(12))


def covered(runs: Runs, source: str, top: int) -> set[int]:
    """The numbers that a scan from the top does not come to."""
    seen, below = set[int](), at(top)
    while True:
        low, high = runs.stretch([source], below)
        seen |= {number for number in range(top) if low <= at(number) < high}
        if low == LOWEST:
            return set(range(top)) - seen
        below = low


def test_a_scan_comes_to_all_but_the_runs() -> None:
    """For runs that touch, overlap and repeat each other; those of another source do not count."""
    for seed in range(50):
        chance, runs, wanted = random.Random(seed), Runs(None, NOW), set[int]()
        for _ in range(chance.randrange(12)):
            low = chance.randrange(60)
            high = low + chance.randrange(15)
            wanted |= set(range(low, high))
            runs.add("a", at(low), at(high), high - low)
        runs.add("b", at(0), at(100), 100)
        assert covered(runs, "a", 80) == {number for number in wanted if number < 80}


def test_what_is_stored_is_read_again() -> None:
    """Only once it is worth it, without short runs, and not more than the longest ones."""
    runs = Runs(None, NOW)
    assert runs.deck(OWNER) is None
    runs.add("a", at(0), at(3), 3)
    assert runs.deck(OWNER) is None
    for number in range(MOST + 20):
        runs.add("a", at(1000 * number), at(1000 * number + 500 + number), SHORTEST + number)
    deck = runs.deck(OWNER)
    assert deck
    assert len(deck["runs"]) == MOST
    assert min(run["n"] for run in deck["runs"]) == SHORTEST + 20
    again = Runs(deck, NOW + timedelta(days=1))
    assert again.since == deck["since"] < NOW
    assert again.deck(OWNER) is None
    assert covered(again, "a", 21000) == set(range(20000, 20520))


def test_no_run_reaches_those_who_may_still_be_joining() -> None:
    """Whatever was scanned there, the last ten minutes are looked at once more."""
    runs = Runs(None, NOW)
    newest, old = Id.from_datetime(NOW), Id.from_datetime(NOW - timedelta(minutes=11))
    runs.add("a", old, newest, 50)
    low, high = runs.stretch(["a"], newest)
    assert (low, high) == (Id.from_datetime(NOW - timedelta(minutes=10)), newest)
    assert runs.stretch(["a"], low) == (LOWEST, old)
