"""Hair that is put up of a portrait."""

from konektor.running.portraits.put_up_hair import PUT_UP, PUT_UP_BEHIND
from tests.support.portrait_helpers import assert_styles


def test_every_style_is_seen() -> None:
    """In front of the head, and behind it where it has something there; none looks like another."""
    assert_styles(PUT_UP, PUT_UP_BEHIND)
