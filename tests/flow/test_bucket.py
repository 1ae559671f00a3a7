"""The bucket of events: how many go at once, how many go steadily, and what the wait is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.flow.bucket import TokenBucket


def burst(bucket: TokenBucket, now: float) -> int:
    """How many events go at that moment."""
    return next(number for number in range(10_000) if bucket.take(now))


def test_sixty_go_at_once_and_the_next_one_waits() -> None:
    """A new connection may send its whole burst and not one more."""
    assert burst(TokenBucket(30, 60, 0.0), 0.0) == 60


def test_the_wait_is_the_time_until_there_is_room() -> None:
    """Who waits as long as told goes through; a millisecond sooner is too soon."""
    bucket = TokenBucket(30, 60, 0.0)
    burst(bucket, 0.0)
    wait = bucket.take(0.0)
    assert wait == pytest.approx(1 / 30)
    assert bucket.take(wait - 0.001) > 0
    assert bucket.take(wait + 1e-9) == 0


def test_thirty_a_second_go_for_ever() -> None:
    """A steady sender at the rate is never refused."""
    bucket = TokenBucket(30, 60, 0.0)
    assert not any(bucket.take(number / 30) for number in range(3_000))


def test_a_long_silence_saves_up_no_more_than_the_burst() -> None:
    """After a day without events 60 go at once, as in the beginning."""
    bucket = TokenBucket(30, 60, 0.0)
    burst(bucket, 0.0)
    assert burst(bucket, 86_400.0) == 60


def test_a_refused_event_costs_nothing() -> None:
    """Who keeps knocking is let in as soon as who waits quietly."""
    bucket = TokenBucket(30, 60, 0.0)
    burst(bucket, 0.0)
    for number in range(1_000):
        bucket.take(number / 100_000)
    assert bucket.take(1 / 30 + 1e-9) == 0


@given(st.lists(st.floats(0, 3), max_size=300))
def test_no_window_holds_more_than_burst_and_rate(pauses: list[float]) -> None:
    """However the events are spread, any stretch of t seconds lets at most 60 + 30 t through."""
    bucket, now, gone = TokenBucket(30, 60, 0.0), 0.0, list[float]()
    for pause in pauses:
        now += pause / 30
        gone += [now] if not bucket.take(now) else []
    assert all(
        last - first + 1 <= 60 + 30 * (gone[last] - gone[first]) + 1e-6
        for first in range(len(gone))
        for last in range(first, len(gone))
    )
