"""Chance for sample members: the same every time, and different for every seed and purpose."""

from konektor.running.chance import between, part, pick


def test_a_seed_has_one_number_for_a_purpose() -> None:
    """Whenever it is asked for."""
    assert part("mira", "hair") == part("mira", "hair") != part("mira", "skin")
    assert len({part(f"{number}", "hair") for number in range(100)}) == 100
    assert all(0 <= part(f"{number}", "hair") < 1 for number in range(100))


def test_every_choice_is_taken_by_somebody() -> None:
    """And every number of a range is inside of it."""
    assert {pick(f"{number}", "hair", ("a", "b", "c")) for number in range(50)} == {"a", "b", "c"}
    assert all(3 <= between(f"{number}", "hair", 3, 4) <= 4 for number in range(50))
