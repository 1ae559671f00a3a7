"""Emoji: which texts are one, and the one form of each."""

from functools import cache

from emoji import EMOJI_DATA, STATUS

_VARIATION = "\ufe0f"
"""VARIATION SELECTOR-16, which keyboards leave out of many emoji or add to them."""


@cache
def _forms() -> dict[str, str]:
    """The fully-qualified form of every emoji, by its text without variation selectors."""
    shown = (STATUS["fully_qualified"], STATUS["component"])
    return {text.replace(_VARIATION, ""): text for text, data in EMOJI_DATA.items() if data["status"] in shown}


def one_emoji(text: str) -> str | None:
    """The form of a text that is one emoji, fully qualified by Unicode's data; None for any other text."""
    return _forms().get(text.replace(_VARIATION, ""))
