"""Emoji: every spelling of one has the same form, and nothing else is one."""

import re

import pytest
from emoji import EMOJI_DATA
from hypothesis import given
from hypothesis import strategies as st

from konektor.flow.emojis import one_emoji
from konektor.flow.text import line
from tests.support.paths import ROOT

HEART, FAMILY, KEYCAP = "\u2764\ufe0f", "\U0001f468\u200d\u2764\ufe0f\u200d\U0001f468", "1\ufe0f\u20e3"


RAINBOW, DETECTIVE = "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f575\U0001f3fd\u200d\u2640\ufe0f"


@pytest.mark.parametrize("emoji", [HEART, FAMILY, KEYCAP, RAINBOW, DETECTIVE])
def test_an_emoji_is_one_with_and_without_its_variation_selectors(emoji: str) -> None:
    """As different keyboards send it."""
    assert one_emoji(emoji) == one_emoji(emoji.replace("\ufe0f", "")) == one_emoji(emoji + "\ufe0f") == emoji


@given(st.sampled_from(sorted(EMOJI_DATA)))
def test_every_emoji_has_one_form(emoji: str) -> None:
    """Which is its own form, and text in its canonical form."""
    form = one_emoji(emoji)
    assert form is not None
    assert one_emoji(form) == form == line(form)
    assert form.replace("\ufe0f", "") == emoji.replace("\ufe0f", "")


@pytest.mark.parametrize("text", ["", "a", "1", "#", "\ufe0f", "\u2764\ufe0e", HEART * 2, f"{HEART} ", ":heart:"])
def test_other_text_is_no_emoji(text: str) -> None:
    """Neither letters nor two of them, nor one that is to be shown as text."""
    assert one_emoji(text) is None


def test_the_menu_sends_emoji_in_their_form() -> None:
    """So that a page recognizes its own choice in what the server answers."""
    menu = (ROOT / "static/js/kit/menu.js").read_text("utf8")
    emoji = re.findall(r'"([^"]*)"', re.search(r"REACTIONS = \[(.*?)\]", menu)[1])  # type: ignore[index]
    assert len(emoji) > 3
    assert [one_emoji(text) for text in emoji] == emoji
