"""Single use: what counts as a repeat, and what as a second use."""

from datetime import UTC, datetime, timedelta

from konektor.flow.single_use import is_repeat

USED = datetime(2026, 5, 17, tzinfo=UTC)


def test_a_repeat_is_one_for_ten_seconds() -> None:
    """Also on an instance whose clock is a little behind."""
    assert [is_repeat(USED, USED + timedelta(seconds=after)) for after in (-0.1, 0, 9.999, 10, 3600)] == [
        *(True, True, True),
        *(False, False),
    ]


def test_without_a_first_use_nothing_is_a_repeat() -> None:
    """Nobody has used it."""
    assert not is_repeat(None, USED)
