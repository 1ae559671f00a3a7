"""The clock: what it shows."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.flow.clock import now

YEAR_2100 = 4_102_444_800_000
"""In milliseconds since 1970."""


def test_time_is_that_of_the_machine() -> None:
    """In UTC."""
    assert now().tzinfo is UTC
    assert abs(datetime.now(UTC) - now()) < timedelta(seconds=1)


@given(ms=st.integers(0, YEAR_2100), rest=st.integers(0, 999_999))
def test_time_is_in_whole_milliseconds(ms: int, rest: int) -> None:
    """Those that have passed, as the database keeps it, so that what is answered is what is stored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: ms * 1_000_000 + rest)
        assert now() == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
