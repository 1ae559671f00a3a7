"""Long hair of a portrait."""

from konektor.running.portraits.long_hair import LONG, LONG_BEHIND
from tests.support.portrait_helpers import assert_styles


def test_every_style_is_seen() -> None:
    """In front of the head, and behind it where it has something there; none looks like another."""
    assert_styles(LONG, LONG_BEHIND)
