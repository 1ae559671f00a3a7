"""Intents: which of their fields name what is paid for."""

from konektor.running.recovery import EFFECTS
from konektor.store.intents import COMMON, Intent


def test_every_field_is_common_or_an_effect() -> None:
    """Recovery takes any other field for the effect of a newer version, and would leave the intent alone."""
    assert Intent.__annotations__.keys() == COMMON | EFFECTS.keys()


def test_no_effect_has_the_name_of_a_common_field() -> None:
    """Its data would overwrite a part of the payment."""
    assert not COMMON & EFFECTS.keys()
